// Cases: where each one stands, its timeline, and what can still be done about it.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { icon, styled } from "../drawing.js";
import { ICONS } from "../icons.js";
import { attempt, banner, button, cell, empty, group } from "../parts.js";
import { go, redraw } from "../router.js";
import { ask, sheet } from "../sheets.js";
import { actingFor, level, phone } from "../state.js";
import { moment, say } from "../words.js";
import { needsName } from "./binding.js";

await styled("filing");

const STATES = {
  submitted: ["已提交", "Submitted"], accepted: ["已受理", "Accepted"], in_review: ["审查中", "In review"],
  needs_more: ["待补正", "Needs more"], approved: ["准予办结", "Approved"], rejected: ["不予办理", "Rejected"], closed: ["已终止", "Closed"],
};
const DEEDS = {
  submit: ["提交", "Submitted"], accept: ["受理", "Accepted"], review: ["开始审查", "Review began"], ask_more: ["要求补正", "More was asked for"],
  supplement: ["补正", "More was added"], approve: ["准予", "Approved"], reject: ["不予办理", "Rejected"], close: ["终止", "Closed"],
  withdraw: ["撤回", "Withdrawn"], decide: ["秒批", "Decided at once"],
};
const stateWord = (state) => say(...(STATES[state] ?? [state, state]));
const FINISHED = new Set(["approved", "rejected", "closed"]);

export async function cases() {
  const title = say("我的办件", "My cases");
  if (level() < 2 && !actingFor()) return { title, nodes: [needsName(), empty(ICONS.file, say("绑定实名后可在线办事", "Bind your real name to apply for things"))] };
  const { items } = await phone.get("/v1/cases?limit=50");
  return {
    title,
    nodes: [
      el("div", { class: "wallet-head" }, el("p", {}, say(`${items.length} 件`, `${items.length} cases`)),
        el("button", { type: "button", class: "small-action", "data-forms": true, onclick: () => go("forms") }, icon(ICONS.pen), say("填表办事", "Fill in a form"))),
      items.length ? el("div", { class: "cells" }, items.map((one) => cell({
        title: el("span", { lang: "zh-CN" }, one.service.name),
        note: el("span", {}, el("span", { lang: "zh-CN" }, one.department), ` · ${moment(one.changed_at)}`),
        value: el("span", { class: `state-${one.state}` }, stateWord(one.state)),
        onclick: () => go("caseFile", { id: one.id }),
      }))) : empty(ICONS.file, say("还没有办件。表单会用您的证照自动填写。", "No cases yet. Forms fill themselves from your licences.")),
    ],
  };
}

export async function caseFile({ id }) {
  const one = await phone.get(`/v1/cases/${id}`);
  // Only what a department has handled can be reviewed, once.
  const reviewable = FINISHED.has(one.state) && one.timeline.some(({ by }) => by === "staff");
  return {
    title: say("办件进度", "Progress"),
    nodes: [
      el("div", { class: "headline" }, el("h2", { lang: "zh-CN" }, one.service.name),
        el("p", { class: `case-state state-${one.state}` }, stateWord(one.state), one.instant ? say(" · 秒批", " · decided at once") : "")),
      one.reasons.length > 0 && banner("good", ICONS.tick, one.reasons.map(({ text }) => text).join(say("；", "; "))),
      el("ol", { class: "timeline" }, one.timeline.toReversed().map(step)),
      one.values.length > 0 && group(say("提交的内容", "What was handed in"), [el("dl", { class: "fields" }, one.values.filter(({ value }) => value !== null).map(({ label, value, verified }) =>
        el("div", {}, el("dt", { lang: "zh-CN" }, label), el("dd", { lang: "zh-CN" }, String(value), verified ? icon(ICONS.tick, "icon good small-icon") : ""))))]),
      ...one.may.filter((deed) => deed !== "review").map((deed) => button(say(...(DEEDS[deed] ?? [deed, deed])), () => act(one, deed), "plain")),
      reviewable && button(say("评价这次办事", "Review this service"), () => go("review", { one })),
    ].filter(Boolean),
  };
}

function step({ at, deed, by, organisation, staff_masked, comment }) {
  const who = by === "system" ? say("系统", "by rule") : by === "citizen" ? say("本人或代办人", "you or who acts for you") : `${organisation?.name ?? ""} ${staff_masked ?? ""}`;
  return el("li", { class: `by-${by}` }, el("b", {}, say(...(DEEDS[deed] ?? [deed, deed]))), el("small", {}, moment(at, true), " · ", el("span", { lang: "zh-CN" }, who)), comment ? el("p", { lang: "zh-CN" }, comment) : null);
}

function act(one, deed) {
  const send = (comment) => attempt(null, async () => {
    await phone.post(`/v1/cases/${one.id}/${deed}`, comment ? { comment } : {}, { key: newKey() });
    await redraw();
  });
  if (deed === "withdraw") {
    ask(say("撤回这个办件？", "Withdraw this case?"), say("撤回后办件终止。", "It is then closed."), say("撤回", "Withdraw"), () => send(null), "bad");
    return;
  }
  const input = el("textarea", { id: "comment", rows: 4, maxlength: 500 });
  const close = sheet(say("补正说明", "What you add"), [el("label", { for: "comment" }, say("说明", "In words")), input,
    el("button", { type: "button", class: "button", onclick: () => { close(); send(input.value.trim()); } }, say("提交", "Send"))]);
}
