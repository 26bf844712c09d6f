// Pieces that many screens share: cells, sections, banners.

import { el } from "../shared/dom.js";
import { inWords } from "./api.js";
import { icon } from "./drawing.js";
import { ICONS } from "./icons.js";
import { toast } from "./sheets.js";

/** A row of a list: words, a value on the right, and an arrow where it leads somewhere. */
export function cell({ title, note, value, mark, onclick, look = "" }) {
  const inside = [
    mark ?? null,
    el("span", { class: "cell-main" }, el("span", {}, title), note ? el("small", {}, note) : null),
    value !== undefined && value !== null ? el("span", { class: "cell-value" }, value) : null,
    onclick ? icon(ICONS.next, "icon arrow") : null,
  ];
  return onclick
    ? el("button", { type: "button", class: `cell ${look}`, onclick }, inside)
    : el("div", { class: `cell ${look}` }, inside);
}

/** A group of cells under a heading. */
export function group(title, cells, note) {
  return el("section", { class: "group" },
    title ? el("h2", {}, title) : null,
    el("div", { class: "cells" }, cells),
    note ? el("p", { class: "group-note" }, note) : null);
}

/** A coloured strip that says something that matters. `look`: "wait", "bad" or "good". */
export function banner(look, path, text, onclick) {
  const inside = [icon(path), el("span", {}, text), onclick ? icon(ICONS.next, "icon arrow") : null];
  return onclick
    ? el("button", { type: "button", class: `banner ${look}`, onclick }, inside)
    : el("p", { class: `banner ${look}` }, inside);
}

export function empty(path, text, button) {
  return el("div", { class: "empty" }, icon(path, "icon big"), el("p", {}, text), button ?? null);
}

export function button(words, onclick, look = "") {
  return el("button", { type: "button", class: `button ${look}`, onclick }, words);
}

/** Do something that may fail; the button that began it waits, and what went wrong is said in passing. */
export async function attempt(button, work) {
  if (button) button.disabled = true;
  try {
    return await work();
  } catch (error) {
    if (!("status" in error) && error.constructor.name !== "Unreachable") console.error(error);
    toast(inWords(error));
    return null;
  } finally {
    if (button) button.disabled = false;
  }
}

/** A round sign with one letter, for a person or an agency. */
export const sign = (name, look = "") => el("span", { class: `sign ${look}`, "aria-hidden": "true", lang: "zh-CN" }, [...name].at(-1) ?? "?");
