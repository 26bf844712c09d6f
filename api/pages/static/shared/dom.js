// Elements without markup in strings: whatever comes from outside becomes text, never HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Return the element of an id. */
export const byId = (id) => document.getElementById(id);

/**
 * Return a new element: `el("p", {class: "soft", onclick}, "text", child)`.
 *
 * Functions become listeners, true an empty attribute; null, undefined and false leave one out.
 */
export function el(tag, properties = {}, ...children) {
  return fitted(document.createElement(tag), properties, children);
}

/** Return a new SVG element. */
export function svg(tag, properties = {}, ...children) {
  return fitted(document.createElementNS(SVG, tag), properties, children);
}

/** Show or hide an element. */
export function show(element, shown = true) {
  element.hidden = !shown;
}

function fitted(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
