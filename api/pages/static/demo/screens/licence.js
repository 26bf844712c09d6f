// One licence: its card, its fields behind masks until they are asked for, and what can be done with it.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { dataUrl, icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { ageOf, card } from "../kinds.js";
import { attempt, banner } from "../parts.js";
import { go, open, redraw } from "../router.js";
import { actions, toast } from "../sheets.js";
import { phone, state } from "../state.js";
import { kindTitle, moment, say, statusWord, until } from "../words.js";

export async function licence({ id }) {
  const one = await phone.get(`/v1/licences/${id}`);
  const facts = el("dl", { class: "fields" });
  const reveal = el("button", { type: "button", class: "small-action", "aria-pressed": "false" }, icon(ICONS.eye), say("显示完整", "Reveal"));
  const drawFields = (clear) => facts.replaceChildren(...fieldsOf(one, clear));
  reveal.addEventListener("click", () => {
    const clear = reveal.getAttribute("aria-pressed") !== "true";
    reveal.setAttribute("aria-pressed", String(clear));
    drawFields(clear);
  });
  drawFields(false);
  return {
    title: kindTitle(one.kind, one.title),
    nodes: [
      card(one, { big: true, photo: await photoOf(one) }),
      state.account.wallet_frozen && banner("bad", ICONS.snow, say("证照已冻结，不能出示", "Frozen: it can't be shown"), () => go("freezing")),
      !one.showable && banner("bad", ICONS.warning, say(`${statusWord(one.status)}：当前不能出示`, `${statusWord(one.status)}: it can't be shown now`)),
      ageOf(one) && banner("wait", ICONS.clock, say(`发证部门暂未应答，数据截至 ${moment(one.as_of)}`, `Its department doesn't answer: as of ${moment(one.as_of)}`)),
      el("section", { class: "group" },
        el("div", { class: "group-head" }, el("h2", {}, say("证照内容", "What it says")), reveal),
        el("div", { class: "cells" }, facts)),
      el("p", { class: "group-note" }, say("电子证照标识 ", "Identifier "), el("span", { class: "mono" }, one.identifier)),
    ].filter(Boolean),
    foot: [
      el("button", { type: "button", class: "button plain narrow", onclick: () => more(one) }, say("更多", "More")),
      el("button", { type: "button", class: "button", "data-show": true, disabled: !one.showable || state.account.wallet_frozen, onclick: () => go("show", { licence: one }) }, say("亮证", "Show")),
    ],
  };
}

function fieldsOf(one, clear) {
  const rows = one.fields.filter(({ type }) => type !== "image").map(({ label, value, sensitive }) =>
    el("div", {}, el("dt", { lang: "zh-CN" }, label.replace(/\(.*/, "")),
      el("dd", { lang: "zh-CN" }, value === null || value === "" ? "—" : sensitive && !clear ? masked(String(value)) : String(value))));
  rows.push(el("div", {}, el("dt", {}, say("发证日期", "Issued")), el("dd", {}, one.issued_on ?? "—")));
  rows.push(el("div", {}, el("dt", {}, say("有效期至", "Valid to")), el("dd", {}, until(one.valid_to))));
  rows.push(el("div", {}, el("dt", {}, say("数据时间", "Data as of")), el("dd", {}, moment(one.as_of, true))));
  return rows;
}

// The phone is one's own; what is masked here is masked from who looks over one's shoulder.
function masked(value) {
  if (value.length <= 4) return `*${value.slice(-1)}`;
  const kept = value.length < 12 ? 2 : 4;
  return value.slice(0, kept) + "*".repeat(value.length - 2 * kept) + value.slice(-kept);
}

async function photoOf(one) {
  if (!one.fields.some(({ type, value }) => type === "image" && value)) return null;
  try {
    const source = await dataUrl(await phone.get(`/v1/licences/${one.id}/photo`, { as: "blob" }));
    return el("img", { class: "photo", src: source, alt: say("持证人照片（绘制的示意像）", "The holder's photo, a drawn stand-in"), width: 84, height: 112 });
  } catch {
    return null;
  }
}

function more(one) {
  actions(say("更多", "More"), [
    [one.pinned ? say("取消置顶", "Unpin") : say("置顶", "Pin to the top"), () => prefer(one, { pinned: !one.pinned })],
    [say("在卡包中隐藏", "Hide in the wallet"), () => prefer(one, { hidden: true }, () => open("wallet"))],
    [say("向发证部门更新", "Ask the department again"), () => attempt(null, async () => {
      await phone.post(`/v1/licences/${one.id}/refresh`, {}, { key: newKey() });
      toast(say("已是最新", "Up to date"));
      await redraw();
    })],
    [say("谁看过这张证照", "Who looked at this one"), () => go("records", { licenceId: one.id })],
  ]);
}

function prefer(one, wish, then = redraw) {
  return attempt(null, async () => {
    await phone.post(`/v1/licences/${one.id}/preferences`, wish, { key: newKey() });
    await then();
  });
}

