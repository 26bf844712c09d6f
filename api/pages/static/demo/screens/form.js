// A form that fills itself: where each value comes from, what is locked, what is missing, and handing it in.

import { el } from "../../shared/dom.js";
import { inWords, newKey } from "../api.js";
import { icon, styled } from "../drawing.js";
import { ICONS } from "../icons.js";
import { attempt, banner, cell, group } from "../parts.js";
import { go, redraw, swap } from "../router.js";
import { ask, sheet, toast } from "../sheets.js";
import { phone } from "../state.js";
import { kindTitle, moment, say, statusWord } from "../words.js";

await styled("filing");

export async function form({ id }) {
  const draft = await phone.get(`/v1/drafts/${id}`);
  const error = el("p", { class: "form-error", role: "alert", hidden: true });
  const asked = draft.values.filter(({ applies }) => applies);
  const inputs = new Map();
  const filled = asked.filter(({ source }) => source).length;
  const save = () => saved(draft, inputs);
  return {
    title: draft.form_title,
    nodes: [
      el("div", { class: "filled" }, el("b", {}, `${filled}/${asked.length}`),
        el("span", {}, say("项已由证照自动填写", "fields filled from your licences"), el("progress", { max: asked.length, value: filled, "aria-label": say("自动填写", "Filled") }))),
      draft.unreached.length > 0 && banner("wait", ICONS.clock, say(`${draft.unreached.map(({ name }) => name).join("、")}暂未应答`, `No answer from ${draft.unreached.map(({ name }) => name).join(", ")}`)),
      draft.missing.length > 0 && missing(draft.missing),
      ...draft.sections.map(({ key, title }) => section(title, asked.filter((value) => value.section === key), inputs, draft)),
      error,
    ].filter(Boolean),
    foot: draft.status === "draft" ? [
      el("button", { type: "button", class: "button plain narrow", onclick: (event) => attempt(event.currentTarget, async () => { await save(); toast(say("已保存", "Saved")); await redraw(); }) }, say("保存", "Save")),
      el("button", { type: "button", class: "button", "data-submit": true, onclick: (event) => attempt(event.currentTarget, () => handIn(draft, inputs, error)) }, say("提交", "Hand in")),
    ] : [el("button", { type: "button", class: "button", onclick: () => go("caseFile", { id: draft.case_id }) }, say("查看办件", "See the case"))],
  };
}

function section(title, values, inputs, draft) {
  if (!values.length) return "";
  return group(title, values.map((value) => (value.locked || draft.status !== "draft" ? locked(value, draft) : typed(value, inputs))));
}

function locked(value, draft) {
  return el("div", { class: "filled-field" },
    el("span", { class: "label", lang: "zh-CN" }, value.label),
    el("span", { class: "value", lang: "zh-CN" }, shown(value)),
    value.source && sourceOf(value.source),
    value.source && el("button", { type: "button", class: "link", onclick: () => report(value, draft) }, say("有误？", "Wrong?")));
}

const sourceOf = (source) => el("span", { class: "source" }, icon(ICONS.lock),
  source.kind ? kindTitle(source.kind, source.title) : source.title, say(` · 截至 ${moment(source.as_of)}`, ` · as of ${moment(source.as_of)}`));

const shown = ({ value, choices }) => choices.find(({ code }) => code === value)?.text ?? (value === true ? say("是", "Yes") : value === false ? say("否", "No") : (value ?? "—"));

function typed(value, inputs) {
  const id = `field-${value.key}`;
  const input = inputOf(value, id);
  inputs.set(value.key, { input, value });
  return el("div", { class: "typed-field", "data-key": value.key },
    el("label", { for: id, lang: "zh-CN" }, value.label, value.required ? el("i", { "aria-label": say("必填", "required") }, "*") : null),
    input,
    value.source ? sourceOf(value.source) : null,
    value.hint ? el("small", { lang: "zh-CN" }, value.hint) : null);
}

function inputOf({ type, value, choices, max_length }, id) {
  if (choices.length) {
    const select = el("select", { id }, el("option", { value: "" }, say("请选择", "Choose")), choices.map(({ code, text }) => el("option", { value: code, selected: code === value }, text)));
    return select;
  }
  if (type === "yes_no") return el("select", { id }, [["", say("请选择", "Choose")], ["true", say("是", "Yes")], ["false", say("否", "No")]].map(([code, text]) => el("option", { value: code, selected: String(value) === code }, text)));
  const kind = { date: "date", number: "number", phone: "tel" }[type] ?? "text";
  return el("input", { id, type: kind, value: value ?? "", maxlength: max_length, autocomplete: "off" });
}

function read({ input, value }) {
  const text = input.value.trim();
  if (text === "") return null;
  if (value.type === "yes_no") return text === "true";
  return input.type === "number" ? Number(text) : text;
}

async function saved(draft, inputs) {
  const values = {};
  for (const [key, one] of inputs) if (read(one) !== (one.value.value ?? null)) values[key] = read(one);
  if (!Object.keys(values).length) return draft;
  try {
    return await phone.post(`/v1/drafts/${draft.id}`, { values, version: draft.version }, { key: newKey() });
  } catch (problem) {
    mark(inputs, problem);
    throw problem;
  }
}

// Which field a complaint is about: its name ends with the field's key.
const about = (problem, key) => Object.entries(problem.errors ?? {}).find(([name]) => name === key || name.endsWith(`.${key}`))?.[1];

function mark(inputs, problem) {
  for (const [key, { input }] of inputs) input.setAttribute("aria-invalid", String(Boolean(about(problem, key))));
}

function explained(draft, problem) {
  const said = draft.values.flatMap(({ key, label }) => (about(problem, key) ?? []).map((text) => `${label}：${text}`));
  return said.length ? [say("还有这些要改：", "Still to be mended:"), ...said] : [inWords(problem), ...Object.values(problem.errors ?? {}).flat()];
}

async function handIn(draft, inputs, error) {
  error.hidden = true;
  try {
    await saved(draft, inputs);
    const { case_id } = await phone.post(`/v1/drafts/${draft.id}/submit`, {}, { key: newKey() });
    toast(say("已提交", "Handed in"));
    await swap("caseFile", { id: case_id });
  } catch (problem) {
    if (problem.code === "source-changed") {
      ask(say("证照数据有变化", "A licence has changed"), inWords(problem), say("更新后再核对", "Update and check again"), () => attempt(null, async () => {
        await phone.post(`/v1/drafts/${draft.id}/refill`, {}, { key: newKey() });
        await redraw();
      }));
      return;
    }
    mark(inputs, problem);
    error.replaceChildren(...explained(draft, problem).map((text) => el("span", { class: "line" }, text)));
    error.hidden = false;
    error.scrollIntoView({ block: "center" });
  }
}

function missing(list) {
  return group(say("还缺这些证照", "Still missing"), list.map(({ kind, title, hint, service_code, essential, status }) => cell({
    mark: icon(ICONS.warning, "icon wait-text"),
    title: kindTitle(kind, title),
    note: el("span", {}, el("span", { lang: "zh-CN" }, hint), status ? ` · ${statusWord(status)}` : ""),
    value: essential ? say("必需", "essential") : null,
    onclick: service_code ? () => go("service", { code: service_code }) : null,
  })));
}

function report(value, draft) {
  const input = el("textarea", { id: "comment", rows: 3, maxlength: 500 });
  const send = async (event) => {
    const done = await attempt(event.currentTarget, () => phone.post("/v1/corrections",
      { draft_id: draft.id, field: value.key, comment: input.value.trim() }, { key: newKey() }));
    if (done) { close(); toast(say("已转交发证部门", "Passed on to the department")); }
  };
  const close = sheet(say(`“${value.label}”有误`, `“${value.label}” is wrong`), [
    el("label", { for: "comment" }, say("应当是什么，有何依据", "What it should be, and how you know")), input,
    el("div", { class: "two" }, el("button", { type: "button", class: "button plain", onclick: () => close() }, say("取消", "Cancel")),
      el("button", { type: "button", class: "button", onclick: send }, say("提交更正", "Report it"))),
  ]);
}

