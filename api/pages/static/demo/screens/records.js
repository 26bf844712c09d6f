// Who looked at what, when and why; and the signed receipt of each, checked here against the public keys.

import { el } from "../../shared/dom.js";
import { ICONS } from "../icons.js";
import { attempt, button, cell, empty } from "../parts.js";
import { go } from "../router.js";
import { fact, labelsOf, who } from "../scanned.js";
import { kinds, phone } from "../state.js";
import { readReceipt } from "../receipts.js";
import { moment, outcomeWord, say } from "../words.js";

export async function records({ licenceId = null } = {}) {
  const { items } = await phone.get("/v1/access-records?limit=50");
  const shown = licenceId ? items.filter((record) => record.licence_id === licenceId) : items;
  return {
    title: say("谁看过我的证照", "Who looked"),
    nodes: shown.length
      ? [el("div", { class: "cells records" }, shown.map(row)), el("p", { class: "group-note" }, say("记录只增不改，前后相扣；如有疑问可冻结证照。", "Records are only added, each chained to the last. If in doubt, freeze your wallet."))]
      : [empty(ICONS.eye, say("还没有人看过您的证照", "Nobody has looked yet"))],
  };
}

function row(record) {
  const bad = record.outcome === "rejected";
  return cell({
    mark: el("span", { class: `spot ${record.outcome}` }),
    title: el("span", { lang: "zh-CN" }, record.organisation.name),
    note: el("span", {}, el("span", { lang: "zh-CN" }, record.licence_title), " · ", record.purpose ? el("span", { lang: "zh-CN" }, record.purpose) : say("未说明事由", "no reason given")),
    value: el("span", { class: "stacked" }, moment(record.at), el("small", { class: bad ? "bad-text" : "" }, outcomeWord(record.outcome))),
    onclick: () => go("record", { record }),
  });
}

export async function record({ record: one }) {
  const list = await kinds();
  const { items } = await phone.get("/v1/licences?limit=100");
  const kind = list.get(items.find(({ id }) => id === one.licence_id)?.kind);
  const proof = el("div", { class: "proof" });
  return {
    title: say("查阅记录", "Access record"),
    nodes: [
      who(one),
      el("div", { class: "cells padded" }, el("dl", { class: "facts" },
        fact(say("时间", "When"), moment(one.at, true)),
        fact(say("证照", "Licence"), el("span", { lang: "zh-CN" }, one.licence_title)),
        fact(say("事由", "Why"), one.purpose ?? say("未说明", "not said")),
        fact(say("结果", "Outcome"), outcomeWord(one.outcome) + (one.reason ? ` (${one.reason})` : "")),
        fact(say("由谁出示", "Shown by"), one.actor === "self" ? say("本人", "myself") : `${one.actor_name_masked ?? ""} (${one.actor})`),
        fact(say("看到的内容", "What they saw"), one.fields.length ? labelsOf(one.fields, kind) : say("没有", "nothing")))),
      button(say("取签名回执并验证", "Get the signed receipt and check it"), (event) => attempt(event.currentTarget, async () => {
        const jws = await phone.get(`/v1/access-records/${one.id}/receipt`, { as: "text" });
        proof.replaceChildren(await receiptView(jws));
      })),
      proof,
    ],
  };
}

async function receiptView(jws) {
  const { header, payload, genuine } = await readReceipt(jws);
  const text = JSON.stringify({ header, payload }, null, 2);
  return el("section", { class: "group" },
    el("p", { class: genuine ? "banner good" : "banner bad", role: "status" }, genuine
      ? say("签名有效：与平台公钥相符（ES256，本机验证）", "The signature is genuine: checked on this phone with the platform's public key (ES256)")
      : say("签名不符", "The signature does not match")),
    el("pre", { class: "receipt", tabindex: "0", "aria-label": say("回执内容", "The receipt") }, text));
}
