// What rises over a screen: action sheets, half sheets, dialogs and toasts, as WeChat has them. While one is up the
// screen beneath is inert; Escape and a tap beside it close it; the focus goes back to where it was.

import { el } from "../shared/dom.js";
import { say } from "./words.js";

const layer = document.getElementById("layer");
const app = document.getElementById("app");
const said = document.getElementById("said");
const TOAST = 2600; // milliseconds

let open = null;

/** Show a sheet from below. `nodes` may use the function `close`. Returns a function that closes it. */
export function sheet(title, nodes, { look = "half", onClose = () => {}, firm = false } = {}) {
  closeSheets();
  const before = document.activeElement;
  const heading = el("h2", { tabindex: "-1" }, title);
  const box = el("div", { class: `sheet ${look}`, role: "dialog", "aria-modal": "true", "aria-label": title }, heading, nodes);
  const cover = el("div", { class: "cover", onclick: (event) => event.target === cover && !firm && close() }, box);
  const close = () => {
    if (open?.cover !== cover) return;
    open = null;
    cover.remove();
    app.inert = false;
    onClose();
    if (before?.isConnected) before.focus({ preventScroll: true });
  };
  cover.addEventListener("keydown", (event) => event.key === "Escape" && !firm && close());
  open = { cover, close };
  layer.append(cover);
  app.inert = true;
  heading.focus({ preventScroll: true });
  return close;
}

export const closeSheets = () => open?.close();

/** Offer a choice: rows of [words, what to do, "bad"?]. */
export function actions(title, rows) {
  const buttons = rows.filter(Boolean).map(([words, then, look = ""]) =>
    el("button", { type: "button", class: `action ${look}`, onclick: () => { close(); then(); } }, words));
  const close = sheet(title, [...buttons, el("button", { type: "button", class: "action last", onclick: () => close() }, say("取消", "Cancel"))], { look: "list" });
}

/** Ask before something is done; `bad` colours what is grave. */
export function ask(title, text, yes, then, look = "") {
  const close = sheet(title, [
    el("p", {}, text),
    el("div", { class: "two" },
      el("button", { type: "button", class: "button plain", onclick: () => close() }, say("取消", "Cancel")),
      el("button", { type: "button", class: `button ${look}`, onclick: () => { close(); then(); } }, yes)),
  ], { look: "dialog" });
}

/** Say something in passing; screen readers hear it. */
export function toast(text) {
  said.textContent = text;
  const shown = el("p", { class: "toast", "aria-hidden": "true" }, text);
  layer.querySelector(".toast")?.remove();
  layer.append(shown);
  setTimeout(() => shown.remove(), TOAST);
}
