// A review (好差评) of a finished case: stars, and words if one likes.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { icon, styled } from "../drawing.js";
import { ICONS } from "../icons.js";
import { attempt } from "../parts.js";
import { back } from "../router.js";
import { toast } from "../sheets.js";
import { phone } from "../state.js";
import { say } from "../words.js";

await styled("filing");

const WORDS = [["非常不满意", "Very bad"], ["不满意", "Bad"], ["基本满意", "Fair"], ["满意", "Good"], ["非常满意", "Very good"]];

export async function review({ one }) {
  let stars = 0;
  const said = el("p", { class: "stars-said", role: "status" }, say("请选择星级", "Choose the stars"));
  const comment = el("textarea", { id: "comment", rows: 4, maxlength: 500 });
  const send = el("button", { type: "button", class: "button", disabled: true, onclick: () => attempt(send, async () => {
    const body = comment.value.trim() ? { stars, comment: comment.value.trim() } : { stars };
    await phone.post(`/v1/cases/${one.id}/review`, body, { key: newKey() });
    toast(say("谢谢您的评价", "Thank you"));
    back();
  }) }, say("提交评价", "Send"));
  const row = el("div", { class: "stars", role: "radiogroup", "aria-label": say("星级", "Stars") });
  const draw = () => row.replaceChildren(...WORDS.map((words, at) => el("button", {
    type: "button", role: "radio", "aria-checked": String(stars === at + 1), class: at < stars ? "lit" : "", "data-stars": at + 1,
    "aria-label": `${at + 1}: ${say(...words)}`, onclick: () => { stars = at + 1; said.textContent = say(...words); send.disabled = false; draw(); row.children[at].focus(); },
  }, icon(ICONS.star))));
  draw();
  return {
    title: say("评价", "Review"),
    nodes: [
      el("div", { class: "headline" }, el("h2", { lang: "zh-CN" }, one.service.name), el("p", { class: "soft", lang: "zh-CN" }, one.department)),
      row, said,
      el("div", { class: "cells padded words" }, el("label", { for: "comment" }, say("说说您的感受（可不填；公开时姓名遮蔽）", "In your words (if you like; public, your name masked)")), comment),
      send,
    ],
  };
}
