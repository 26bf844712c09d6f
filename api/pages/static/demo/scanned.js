// Somebody scanned: who asks and why, the holder's word, and what they saw.

import { el } from "../shared/dom.js";
import { newKey } from "./api.js";
import { icon } from "./drawing.js";
import { ICONS } from "./icons.js";
import { attempt, button, sign } from "./parts.js";
import { go, swap } from "./router.js";
import { closeSheets, sheet } from "./sheets.js";
import { atMost } from "./showing_choices.js";
import { phone } from "./state.js";
import { discloseWord, kindTitle, moment, say } from "./words.js";

/** Ask the holder whether a waiting scan may see the licence. */
export function askToConfirm(view, licence, kind) {
  navigator.vibrate?.([80, 60, 80]);
  const by = view.scanned_by;
  const left = el("b", {});
  const ends = performance.now() + (Date.parse(view.confirm_by) - Date.parse(by.at));
  const tell = () => (left.textContent = String(Math.max(0, Math.ceil((ends - performance.now()) / 1000))));
  const ticking = setInterval(tell, 500);
  tell();
  const answer = (word) => async (event) => {
    const done = await attempt(event.currentTarget, () => phone.post(`/v1/show-tokens/${view.id}/${word}`, {}, { key: newKey() }));
    if (done) closeSheets();
  };
  sheet(say("有人请求查看您的证照", "Somebody asks to see your licence"), [
    who(by),
    el("dl", { class: "facts" },
      fact(say("证照", "Licence"), kindTitle(licence.kind, licence.title)),
      fact(say("事由", "Why"), by.purpose ?? say("未说明", "not said")),
      fact(say("出示范围", "Disclosed"), discloseWord(view.disclose)),
      fact(say("至多看到", "At most"), atMost(kind, view.disclose))),
    el("p", { class: "soft" }, say("不回应则不出示，剩余 ", "Without your word nothing is shown: "), left, say(" 秒", " s left")),
    el("div", { class: "two" },
      el("button", { type: "button", class: "button plain", "data-answer": "decline", onclick: answer("decline") }, say("拒绝", "Decline")),
      el("button", { type: "button", class: "button", "data-answer": "confirm", onclick: answer("confirm") }, say("同意出示", "Show it"))),
  ], { firm: true, onClose: () => clearInterval(ticking) });
}

/** Return what takes the code's place when it was used or declined. */
export function scanned(view, licence, kind) {
  navigator.vibrate?.(120);
  const declined = view.state === "declined";
  const paper = el("div", { class: `paper done ${declined ? "declined" : "accepted"}` },
    el("span", { class: "done-sign" }, icon(declined ? ICONS.cross : ICONS.tick)),
    el("h2", { role: "status" }, declined ? say("您已拒绝出示", "You declined") : say("已核验", "Verified")),
    who(view.scanned_by),
    el("dl", { class: "facts" },
      fact(say("时间", "When"), moment(view.scanned_by.at, true)),
      fact(say("事由", "Why"), view.scanned_by.purpose ?? say("未说明", "not said"))),
    button(say("再亮一次", "Show again"), () => swap("show", { licence })),
    button(say("谁看过我的证照", "Who looked"), () => go("records"), "plain"));
  if (!declined) addFields(paper.querySelector("dl"), view.scanned_by.verification_id, kind);
  return paper;
}

async function addFields(facts, id, kind) {
  const { items } = await phone.get("/v1/access-records?limit=5");
  const record = items.find((one) => one.id === id);
  if (record?.fields.length) facts.append(fact(say("看到了", "They saw"), labelsOf(record.fields, kind)));
}

/** Name fields as their kind does. */
export function labelsOf(keys, kind) {
  const labels = new Map(kind?.fields.map(({ key, label }) => [key, label.replace(/\(.*/, "")]));
  return el("span", { lang: "zh-CN" }, keys.map((key) => labels.get(key) ?? key).join("、"));
}

export const fact = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

export const who = (by) => el("div", { class: "who" },
  sign(by.organisation.name, "navy"),
  el("span", {}, el("b", { lang: "zh-CN" }, by.organisation.name), el("small", {}, say("工作人员 ", "staff "), by.staff_masked)));
