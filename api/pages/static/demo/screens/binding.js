// Binding the real name (实名): what one agrees to, the three things asked, and what went wrong in plain words.

import { el } from "../../shared/dom.js";
import { newKey, Problem } from "../api.js";
import { ICONS } from "../icons.js";
import { banner, button } from "../parts.js";
import { go, open, swap } from "../router.js";
import { toast } from "../sheets.js";
import { phone, state } from "../state.js";
import { inWords } from "../api.js";
import { isEnglish, say } from "../words.js";

const ID_TYPES = {
  resident_id: ["居民身份证", "Resident ID card"],
  hk_mo_tw_residence_permit: ["港澳台居民居住证", "Residence permit (HK, Macao, Taiwan)"],
  foreign_permanent_resident: ["外国人永久居留身份证", "Foreign permanent resident card"],
  passport: ["护照", "Passport"],
};

export async function bind() {
  const { items } = await phone.get("/v1/consent-texts");
  const consent = items.find((text) => text.purpose === "real-name");
  const error = el("p", { class: "form-error", role: "alert", id: "bind-error", hidden: true });
  const [name, idType, number, agreed] = inputs();
  const form = el("form", { class: "form", novalidate: true, onsubmit: (event) => submit(event, fields, error) },
    el("p", { class: "lead" }, say("绑定实名后，证照自动归集到这里。", "Once your real name is bound, your licences gather here.")),
    el("div", { class: "cells" },
      labelled(say("姓名", "Name"), name), labelled(say("证件类型", "Document"), idType), labelled(say("证件号码", "Number"), number)),
    error,
    el("details", { class: "consent", open: true },
      el("summary", {}, say(`个人信息处理同意书 · 第${consent.version}版`, `Consent to processing · version ${consent.version}`)),
      el("p", {}, isEnglish() ? consent.text_en : consent.text),
      el("p", { class: "digest" }, "SHA-256 ", consent.sha256.slice(0, 16), "…")),
    el("label", { class: "tick" }, agreed, el("span", {}, say("我已阅读并同意", "I have read this and agree"))),
    el("button", { type: "submit", class: "button" }, say("同意并绑定", "Agree and bind")),
    el("div", { class: "sandbox-tools" },
      button(say("填入此人资料", "Fill in this persona"), () => fill(fields, state.persona), "small"),
      button(say("故意填错姓名", "Wrong name on purpose"), () => fill(fields, { ...state.persona, name: "张三丰" }), "small"),
      button(say("先不绑定", "Not now"), () => open("home"), "small")));
  const fields = { name, idType, number, agreed, version: consent.version };
  return { title: say("实名认证", "Bind your real name"), nodes: [form] };
}

function inputs() {
  return [
    el("input", { id: "name", placeholder: say("与证件一致", "as on the document"), autocomplete: "off", maxlength: 100, required: true, "aria-describedby": "bind-error" }),
    el("select", { id: "idType" }, Object.entries(ID_TYPES).map(([value, words]) => el("option", { value }, say(...words)))),
    el("input", { id: "number", placeholder: say("18 位，末位可为 X", "18 characters for a resident ID"), autocomplete: "off", maxlength: 32, required: true, inputmode: "text", "aria-describedby": "bind-error" }),
    el("input", { type: "checkbox", id: "agreed" }),
  ];
}

const labelled = (words, input) => el("div", { class: "field" }, el("label", { for: input.id }, words), input);

function fill({ name, idType, number, agreed }, person) {
  [name.value, idType.value, number.value, agreed.checked] = [person.name, person.id_type, person.id_number, true];
}

async function submit(event, { name, idType, number, agreed, version }, error) {
  event.preventDefault();
  const button = event.submitter;
  const complain = (text) => {
    error.textContent = text;
    error.hidden = false;
  };
  if (!agreed.checked) {
    complain(say("请先阅读同意书并勾选", "Read the consent and tick the box first"));
    agreed.focus();
    return;
  }
  button.disabled = true;
  try {
    const claim = { name: name.value.trim(), id_type: idType.value, id_number: number.value.trim(), consent_version: version };
    state.account = await phone.post("/v1/real-name", claim, { key: newKey() });
    toast(say("实名成功，认证等级 2", "Bound: you are at level 2"));
    await open("wallet", { sync: true });
  } catch (problem) {
    complain(explained(problem));
    for (const [key, input] of [["name", name], ["id_type", idType], ["id_number", number]]) {
      input.setAttribute("aria-invalid", String(Boolean(problem.errors?.[key]) || problem.code === "real-name-mismatch"));
    }
    if (problem.code === "real-name-bound-elsewhere") error.append(" ", faceInstead());
  } finally {
    button.disabled = false;
  }
}

const faceInstead = () => button(say("改用人脸核验", "Use a face check instead"), () => go("face", { join: true }), "small");

function explained(problem) {
  if (!(problem instanceof Problem)) return inWords(problem);
  const details = Object.values(problem.errors ?? {}).flat();
  if (details.length) return details.join(say("；", "; "));
  const more = {
    "real-name-mismatch": say("为防冒用，不说明是哪一项不符。连错五次将锁定一小时。", "To protect people, we don't say which part is wrong. Five misses lock for an hour."),
    "guardian-consent-required": say("请由父或母登录，在“代办”中添加。", "A parent logs in and adds the child under “Acting for”."),
  }[problem.code];
  return [problem.message, more].filter(Boolean).join(say("。", ". "));
}

/** What stands on top where somebody's level is too low for what they want. */
export const needsName = () =>
  banner("wait", ICONS.shield, say("尚未实名：绑定后才能查看和出示证照", "Bind your real name to see and show licences"), () => swap("bind"));
