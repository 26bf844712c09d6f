// How much a shown licence tells, and in which way: profile, ask-me-first, check code, offline.

import { el } from "../shared/dom.js";
import { discloseWord, say } from "./words.js";

/** Return the choices as the showing stands. */
export function choices(showing, kind) {
  const { disclose, mode, check_code } = showing.wish;
  const offline = mode === "offline";
  const full = disclose === "full";
  return el("div", {},
    el("div", { class: "segments", role: "radiogroup", "aria-label": say("出示多少信息", "How much to disclose") },
      ["basic", "standard", "full"].map((profile) => el("button", {
        type: "button", role: "radio", "aria-checked": String(profile === disclose), disabled: offline && profile !== "basic",
        "data-disclose": profile, onclick: () => showing.choose({ disclose: profile }),
      }, discloseWord(profile)))),
    el("div", { class: "switches" },
      toggle(say("先问我", "Ask me first"), mode === "confirm" || full || check_code, "confirm",
        () => showing.choose({ mode: mode === "confirm" ? "online" : "confirm" }), offline || full || check_code),
      toggle(say("数字码", "Check code"), check_code, "check_code", () => showing.choose({ check_code: !check_code }), offline),
      kind.offline_allowed && toggle(say("离线码", "Offline"), offline, "offline",
        () => showing.choose(offline ? { mode: "online" } : { mode: "offline", disclose: "basic", check_code: false }), false)));
}

function toggle(words, on, name, onclick, disabled) {
  return el("button", { type: "button", class: "toggle", "aria-pressed": String(on), "data-toggle": name, onclick, disabled }, words);
}

/** Say in words what the other side will see. */
export function explained(showing, kind) {
  const { disclose, mode } = showing.wish;
  const more = mode === "offline" ? say("对方没有网络也能验；状态可能不是最新。", "Works where the verifier has no network; the state may not be the latest. ")
    : disclose === "full" ? say("每次都先经您同意。", "Each time only with your consent. ") : "";
  return el("p", { class: "explained" }, more,
    say("对方至多看到：", "At most they see: "), atMost(kind, disclose));
}

const ORDER = ["basic", "standard", "full"];

/** Name what a profile shows of a kind: some of it masked. */
export function atMost(kind, disclose) {
  const labels = (fields) => fields.map(({ label }) => label.replace(/\(.*/, "")).join("、");
  const clear = kind.fields.filter(({ profile }) => ORDER.indexOf(profile) <= ORDER.indexOf(disclose));
  const rest = kind.fields.filter((field) => !clear.includes(field));
  const masked = disclose === "basic" ? say("姓名与证号（遮蔽）、", "name and number (masked), ") : null;
  return el("span", {}, masked, el("span", { lang: "zh-CN" }, labels(clear)),
    disclose === "standard" && rest.length ? [say("；遮蔽：", "; masked: "), el("span", { lang: "zh-CN" }, labels(rest))] : null);
}
