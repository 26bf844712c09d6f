// Finding a service, what it needs and which of that one holds, and bundles as steps.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { attempt, cell, empty, group } from "../parts.js";
import { go } from "../router.js";
import { phone } from "../state.js";
import { kindTitle, say } from "../words.js";
import { begin } from "./forms.js";

const TYPING = 250; // milliseconds of rest before what was typed is looked for

export async function search({ theme = null } = {}) {
  const found = el("div", { class: "cells", role: "list" });
  const said = el("p", { class: "unseen", role: "status" });
  const input = el("input", { type: "search", id: "q", placeholder: say("事项、说法、拼音、首字母", "Names, everyday words, pinyin, initials"), "aria-label": say("搜事项", "Search services"), maxlength: 100 });
  let waiting = null;
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const query = new URLSearchParams({ limit: 30 });
    if (input.value.trim()) query.set("q", input.value.trim());
    if (theme) query.set("theme", theme);
    const { items } = await phone.get(`/v1/services?${query}`);
    if (mine !== asked) return;
    said.textContent = say(`找到 ${items.length} 项`, `${items.length} found`);
    found.replaceChildren(...(items.length ? items.map(row) : [empty(ICONS.search, say("没有找到，换个说法试试", "Nothing found: try other words"))]));
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => attempt(null, look), TYPING);
  });
  await look();
  return {
    title: theme ?? say("找事项", "Find a service"),
    nodes: [el("div", { class: "search-field" }, icon(ICONS.search), input), said, found],
    leave: () => clearTimeout(waiting),
  };
}

const row = (service) => el("div", { role: "listitem" }, cell({
  title: el("span", { lang: "zh-CN" }, service.name),
  note: el("span", { lang: "zh-CN" }, `${service.department} · ${service.channel}`),
  onclick: () => go("service", { code: service.code }),
}));

export async function service({ code }) {
  const one = await phone.get(`/v1/services/${code}`);
  return {
    title: say("事项", "Service"),
    nodes: [
      el("div", { class: "headline" },
        el("h2", { lang: "zh-CN" }, one.name),
        el("p", { class: "soft", lang: "zh-CN" }, `${one.department} · ${one.theme} · ${one.channel}`)),
      group(say("所需证照", "Licences needed"),
        one.requires.length ? one.requires.map(need) : [cell({ title: say("不需要证照", "None") })],
        one.requires.some(({ held }) => held) && say("已持有的无需再交材料", "What you hold need not be handed in again")),
      group(say("我的选择", "My choice"), [
        switchCell(say("收藏，排在前面", "Favourite: first on my list"), one.favourite, (on) => mark(code, "favourite", on)),
        switchCell(say("不再向我推荐", "Never suggest it to me"), one.hidden, (on) => mark(code, "hide", on)),
      ]),
    ],
    foot: el("button", { type: "button", class: "button", onclick: (event) => attempt(event.currentTarget, () => begin(one)) }, say("在线办理", "Apply")),
  };
}

function need({ kind, title, held }) {
  return cell({
    title: kindTitle(kind, title),
    mark: icon(held ? ICONS.tick : ICONS.cross, `icon ${held ? "good" : "soft"}`),
    value: held === null ? say("登录后可知", "log in to know") : held ? say("已持有", "held") : say("未持有", "not held"),
  });
}

export function switchCell(words, on, then) {
  const button = el("button", { type: "button", class: "cell switch-cell", role: "switch", "aria-checked": String(Boolean(on)), onclick: () =>
    attempt(button, async () => {
      const next = button.getAttribute("aria-checked") !== "true";
      await then(next);
      button.setAttribute("aria-checked", String(next));
    }) },
  el("span", { class: "cell-main" }, words), el("i", { class: "knob" }));
  return button;
}

const mark = (code, what, on) => phone.post(`/v1/services/${code}/${what}`, { on }, { key: newKey() });

export async function bundle({ code }) {
  const one = await phone.get(`/v1/bundles/${code}`);
  return {
    title: say("一件事", "Bundle"),
    nodes: [
      el("div", { class: "headline" }, el("h2", { lang: "zh-CN" }, one.name),
        el("p", { class: "soft" }, say(`牵头：${one.lead} · 共 ${one.steps.length} 步`, `Led by ${one.lead} · ${one.steps.length} steps`))),
      el("ol", { class: "steps" }, one.steps.map(step)),
    ],
  };
}

function step({ order, service: { code, name, department }, requires, done }) {
  const missing = requires.filter(({ held }) => held === false);
  return el("li", { class: done ? "done" : "" },
    el("button", { type: "button", onclick: () => go("service", { code }) },
      el("span", { class: "step-number" }, done ? icon(ICONS.tick) : String(order)),
      el("span", { class: "cell-main" }, el("b", { lang: "zh-CN" }, name), el("small", { lang: "zh-CN" }, department),
        el("small", { class: missing.length ? "wait-text" : "good-text" }, done ? say("已办结", "done")
          : missing.length ? say(`还缺：${missing.map(({ title }) => title).join("、")}`, `Missing: ${missing.map(({ kind, title }) => kindTitle(kind, title)).join(", ")}`)
            : say("证照齐全", "You hold all it needs"))),
      icon(ICONS.next, "icon arrow")));
}

