// Icons, pictures and sizes: what shared/dom.js has no need of.

import { svg } from "../shared/dom.js";

/** Set custom properties. Through the object model: the page's policy blocks style attributes, not this. */
export function withVars(element, vars) {
  for (const [name, value] of Object.entries(vars)) element.style.setProperty(name, value);
  return element;
}

/** Bring a stylesheet that the first view did without, once. */
export function styled(name) {
  const href = `/static/demo/${name}.css`;
  if (document.querySelector(`link[href="${href}"]`)) return null;
  const link = document.createElement("link");
  return new Promise((resolve) => {
    link.onload = link.onerror = () => resolve();
    link.rel = "stylesheet";
    link.href = href;
    document.head.append(link);
  });
}

/** Return an icon drawn from one path on a 24 × 24 grid; it says nothing, its neighbour does. */
export function icon(path, look = "icon") {
  const drawn = svg("svg", { class: look, viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" });
  drawn.append(svg("path", { d: path }));
  return drawn;
}

/** Return an SVG that the API has drawn as an element of this page. */
export function parsedSvg(text) {
  const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  return document.importNode(drawn, true);
}

/** Return a picture as a data: address, the only kind that the page's policy lets in besides files. */
export function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
