// The result, in words that can be read across a counter, with a colour and a shape. It never stays longer than
// two minutes: then nothing of it is left in the page.

import { byId, el, show, svg } from "../shared/dom.js";
import { inChina } from "../shared/clock.js";

export const LONGEST = 120; // seconds
const SHAPES = {
  green: [["circle", { cx: 50, cy: 50, r: 46 }], ["path", { d: "M27 52l16 16 31-35" }]],
  amber: [["path", { d: "M50 6L96 90H4z" }], ["path", { d: "M50 36v24M50 73v4" }]],
  red: [["path", { d: "M31 4h38l27 27v38L69 96H31L4 69V31z" }], ["path", { d: "M32 32l36 36M68 32L32 68" }]],
};
const UNITS = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]];

/** Return what shows results; `onNext` hears that the next scan may come. */
export function createResult({ words, clock, onNext }) {
  const dialog = byId("result");
  const { say } = words;
  let shown = null;
  let photo = null;
  let until = 0;

  const close = () => {
    if (dialog.open) dialog.close();
  };

  // Whatever closes it, a key, a button or time: all of it goes.
  dialog.addEventListener("close", () => {
    shown = null;
    letPhotoGo();
    for (const id of ["result-shape", "result-tags", "result-words", "result-next", "result-more", "result-sheet"]) {
      byId(id).replaceChildren();
    }
    onNext();
  });
  byId("next").addEventListener("click", close);
  dialog.addEventListener("keydown", (event) => {
    const onButton = event.target.closest?.("button, a, [href]");
    if (event.key === "Enter" && !onButton) close();
  });

  const letPhotoGo = () => {
    if (photo) URL.revokeObjectURL(photo);
    photo = null;
  };

  const tick = () => {
    if (!shown) return;
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0 || left > LONGEST) close();
    else byId("result-left").textContent = say("hides", { left: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` });
  };
  setInterval(tick, 500);
  // A page in the background is woken late.
  document.addEventListener("visibilitychange", tick);

  const fill = (answer) => {
    dialog.className = answer.signal;
    byId("result-shape").replaceChildren(shape(answer.signal));
    byId("result-words").textContent = answer.message;
    byId("result-next").textContent = answer.next_action;
    byId("result-tags").replaceChildren(...tags(answer, say));
    byId("result-more").textContent = say(usedBefore(answer));
    const sheet = byId("result-sheet");
    sheet.replaceChildren(...details(answer, say, clock, photo));
    show(sheet, sheet.childElementCount > 0);
    dialog.classList.toggle("bare", sheet.childElementCount === 0);
  };

  return {
    /** Show an answer of the API, or what a scan without a network came to in the same shape. */
    put: (answer, { keepTime = false } = {}) => {
      if (!keepTime) until = Date.now() + LONGEST * 1000;
      if (shown?.id !== answer.id) letPhotoGo();
      shown = answer;
      fill(answer);
      if (!dialog.open) dialog.showModal();
      byId("result-words").focus();
      tick();
    },
    /** Add the photo to the answer that it belongs to. */
    putPhoto: (id, blob) => {
      if (shown?.id !== id) return;
      letPhotoGo();
      photo = URL.createObjectURL(blob);
      fill(shown);
    },
    again: () => shown && fill(shown),
    close,
    isShown: (id) => Boolean(shown) && (id === undefined || shown.id === id),
  };
}

/** Return the shape of a signal: a tick in a circle, a mark in a triangle, a cross in an octagon. */
export function shape(signal) {
  const parts = SHAPES[signal].map(([tag, attributes]) => svg(tag, attributes));
  return svg("svg", { viewBox: "0 0 100 100", class: `shape ${signal}`, "aria-hidden": "true" }, ...parts);
}

function usedBefore({ used_by_you: byYou, used_here: here }) {
  if (byYou) return "usedByYou";
  return here ? "usedHere" : "nothing";
}

function tags({ offline, freshness, outcome }, say) {
  const told = [offline && "tagOffline", outcome !== "rejected" && freshness !== "fresh" && freshness];
  return told.filter((key) => key && key !== "none").map((key) => el("span", { class: "tag" }, say(key)));
}

function details({ licence, holder, as_of: asOf, verified_at: verifiedAt, offline }, say, clock, photo) {
  if (!licence) return [];
  const ago = asOf ? ` · ${age(clock.now() - new Date(asOf), say)}` : "";
  const rows = [
    ...licence.fields.filter(({ type }) => type !== "image").map((field) => [field.label, spoken(field.value, say), "zh-CN"]),
    holder?.agent_masked && [say("agent"), holder.agent_masked, "zh-CN"],
    asOf && [say(offline ? "listsAsOf" : "asOf"), `${inChina(asOf)}${ago}`, null],
    [say("verifiedAt"), inChina(verifiedAt), null],
  ].filter(Boolean);
  const name = holder && el("p", { class: "holder", lang: "zh-CN" }, el("b", {}, holder.name ?? holder.name_masked));
  return [
    el("div", { class: "who" },
      photo && el("img", { src: photo, alt: say("photo") }),
      el("div", {}, el("p", { class: "licence", lang: "zh-CN" }, licence.title), name),
    ),
    el("dl", {}, ...rows.map(([term, value, lang]) => el("div", {}, el("dt", { lang }, term), el("dd", { lang }, value)))),
  ];
}

function spoken(value, say) {
  if (value === null || value === "") return say("none");
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  return Array.isArray(value) ? value.map((item) => spoken(item, say)).join("、") : String(value);
}

function age(milliseconds, say) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? UNITS.at(-1);
  return say("ago", { n: say(unit, { n: Math.floor(seconds / length) }) });
}
