// Consents: who asks for which fields and why; the holder strikes what they do not want to give, approves or declines.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { ICONS } from "../icons.js";
import { attempt, button, cell, empty, group, sign } from "../parts.js";
import { go, redraw, swap } from "../router.js";
import { fact } from "../scanned.js";
import { ask, toast } from "../sheets.js";
import { level, phone } from "../state.js";
import { kindTitle, moment, say } from "../words.js";

const STATUS = {
  pending: ["待答复", "Waiting"], approved: ["已同意", "Approved"], declined: ["已拒绝", "Declined"], expired: ["已过期", "Expired"],
  active: ["生效中", "Active"], withdrawn: ["已撤回", "Withdrawn"], used_up: ["已用完", "Used up"], suspended: ["暂停", "Suspended"],
};
const statusWord = (status) => say(...(STATUS[status] ?? [status, status]));

export async function consents() {
  const [asked, given] = await Promise.all([phone.get("/v1/consent-requests?limit=50"), phone.get("/v1/consents?limit=50")]);
  const row = (one, name) => cell({
    mark: sign(one.requester.name, "navy"), title: el("span", { lang: "zh-CN" }, one.requester.name), note: el("span", { lang: "zh-CN" }, one.purpose.text),
    value: statusWord(one.status), onclick: () => go(name, { id: one.id }),
  });
  const waiting = asked.items.filter(({ status }) => status === "pending");
  return {
    title: say("授权", "Consents"),
    nodes: [
      waiting.length > 0 && group(say("请求我的授权", "Asking for my consent"), waiting.map((one) => row(one, "consentRequest"))),
      given.items.length > 0 && group(say("我给出的授权", "Consents that I gave"), given.items.map((one) => row(one, "consent"))),
      !waiting.length && !given.items.length && empty(ICONS.handshake, say("没有待答复的请求，也没有给出过授权", "Nobody asks, and nothing was given")),
    ].filter(Boolean),
  };
}

export async function consentRequest({ id }) {
  const one = await phone.get(`/v1/consent-requests/${id}`);
  const boxes = [];
  const items = one.items.map((item) => group(kindTitle(item.kind, item.title), item.fields.map((field) => {
    // What was answered is told by the consent; here it is what was asked for.
    if (one.status !== "pending") return cell({ title: el("span", { lang: "zh-CN" }, field.label) });
    const box = el("input", { type: "checkbox", checked: true });
    boxes.push({ kind: item.kind, key: field.key, box });
    return el("label", { class: "tick cell" }, box, el("span", { lang: "zh-CN" }, field.label), field.sensitive ? el("small", {}, say("敏感", "sensitive")) : null);
  })));
  const answer = (word, body) => async (event) => {
    const done = await attempt(event.currentTarget, () => phone.post(`/v1/consent-requests/${id}/${word}`, body(), { key: newKey() }));
    if (!done) return;
    toast(word === "approve" ? say("已同意", "Approved") : say("已拒绝", "Declined"));
    await (done.consent_id ? swap("consent", { id: done.consent_id }) : redraw());
  };
  return {
    title: say("授权请求", "A request"),
    nodes: [
      requester(one),
      facts(one, [fact(say("有效", "Valid"), say(`${one.valid_days} 天，至多 ${one.uses} 次`, `${one.valid_days} days, at most ${one.uses} times`)), fact(say("状态", "State"), statusWord(one.status))]),
      ...items,
      one.status === "pending" && el("p", { class: "group-note" }, say("不想给的可以取消勾选。", "Untick what you do not want to give.")),
      one.status === "pending" && level() < one.required_level && button(say("含敏感证照：先做人脸核验", "Sensitive: a face check comes first"), () => go("face")),
    ].filter(Boolean),
    foot: one.status === "pending" ? [
      el("button", { type: "button", class: "button plain", onclick: answer("decline", () => ({})) }, say("拒绝", "Decline")),
      el("button", { type: "button", class: "button", disabled: level() < one.required_level, onclick: answer("approve", () => ({ items: kept(boxes) })) }, say("同意所选", "Approve these")),
    ] : null,
  };
}

function kept(boxes) {
  const items = new Map();
  for (const { kind, key, box } of boxes) if (box.checked) items.set(kind, [...(items.get(kind) ?? []), key]);
  return [...items].map(([kind, fields]) => ({ kind, fields }));
}

export async function consent({ id }) {
  const one = await phone.get(`/v1/consents/${id}`);
  return {
    title: say("授权", "A consent"),
    nodes: [
      requester(one),
      facts(one, [fact(say("状态", "State"), statusWord(one.status)), fact(say("到期", "Ends"), moment(one.expires_at, true)), fact(say("已用", "Used"), `${one.used} / ${one.uses}`)]),
      ...one.items.map((item) => group(kindTitle(item.kind, item.title), item.fields.map(({ label }) => cell({ title: el("span", { lang: "zh-CN" }, label) })))),
      one.pulls.length > 0 && group(say("调取记录", "Pulled"), one.pulls.map(({ at, items }) => cell({ title: moment(at, true), value: say(`${items.length} 证`, `${items.length} licences`) }))),
      one.status === "active" && button(say("撤回授权", "Withdraw"), () => ask(say("撤回这项授权？", "Withdraw this consent?"), say("立即生效，此后不能再调取。", "At once: nothing can be pulled after it."), say("撤回", "Withdraw"), () => attempt(null, async () => {
        await phone.post(`/v1/consents/${id}/withdraw`, {}, { key: newKey() });
        await redraw();
      }), "bad"), "bad"),
    ].filter(Boolean),
  };
}

const requester = (one) => el("div", { class: "who" }, sign(one.requester.name, "navy"),
  el("span", {}, el("b", { lang: "zh-CN" }, one.requester.name), el("small", {}, one.requester.client_name)));

const facts = (one, more) => el("div", { class: "cells padded" }, el("dl", { class: "facts" }, fact(say("用途", "Why"), el("span", { lang: "zh-CN" }, one.purpose.text)), more));
