// Home: what one needs first. The shown licence one tap away, search, hot services with their reasons, bundles, themes.

import { el } from "../../shared/dom.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { emblem, inColours } from "../kinds.js";
import { banner, cell } from "../parts.js";
import { go, open } from "../router.js";
import { actingFor, level, phone, state } from "../state.js";
import { kindTitle, say } from "../words.js";
import { needsName } from "./binding.js";

export async function home() {
  const bound = level() >= 2 || actingFor();
  const [hot, bundles, themes, mine] = await Promise.all([
    phone.get(`/v1/hot-services?limit=${state.elder ? 4 : 6}`),
    phone.get("/v1/bundles?limit=20"),
    phone.get("/v1/themes"),
    bound ? phone.get("/v1/licences?limit=10") : { items: [] },
  ]);
  const showable = mine.items.filter((one) => one.showable && !one.hidden);
  return {
    title: say("亮证", "Liangzheng"),
    look: "home",
    nodes: [
      el("div", { class: "hello" },
        el("p", { class: "hello-name" }, greeting()),
        searchBox()),
      !bound && needsName(),
      state.account.wallet_frozen && banner("bad", ICONS.snow, say("证照已冻结", "Your wallet is frozen"), () => go("freezing")),
      showable.length > 0 && quick(showable.slice(0, state.elder ? 2 : 4)),
      el("section", { class: "group" },
        el("div", { class: "group-head" }, el("h2", {}, say("热门服务", "Hot services")),
          el("span", { class: "soft small" }, hot.personalised ? say("按您的情况排序", "ranked for you") : say("按大家的使用排序", "ranked by use"))),
        el("div", { class: "cells" }, hot.items.map(hotCell))),
      !state.elder && shelf(bundles.items),
      el("section", { class: "group" }, el("h2", {}, say("按主题找", "By theme")),
        el("div", { class: "themes" }, themes.items.slice(0, state.elder ? 6 : 12).map(({ name, service_count }) =>
          el("button", { type: "button", class: "theme", lang: "zh-CN", onclick: () => go("search", { theme: name }) }, name, el("small", {}, String(service_count)))))),
    ].filter(Boolean),
  };
}

function greeting() {
  const acting = actingFor();
  if (acting) return say(`正在代 ${acting.name_masked} 办理`, `Acting for ${acting.name_masked}`);
  const name = state.account.real_name?.name_masked;
  return name ? say(`${name}，您好`, `Hello, ${name}`) : say("您好", "Hello");
}

function searchBox() {
  return el("button", { type: "button", class: "search-box", onclick: () => go("search") },
    icon(ICONS.search), say("搜事项：公积金、gjj、换驾照…", "Search: 公积金, gjj, 换驾照 …"));
}

function quick(licences) {
  return el("section", { class: "quick", "aria-label": say("常用证照", "Licences at hand") },
    licences.map((one) => inColours(el("button", { type: "button", class: "quick-card", onclick: () => go("show", { licence: one }) },
      emblem(one.kind), el("b", {}, kindTitle(one.kind, one.title)), el("small", {}, say("亮证", "Show"))), one.kind)),
    el("button", { type: "button", class: "quick-all", onclick: () => open("wallet") }, say("全部证照", "All licences")));
}

function hotCell(service) {
  return cell({
    title: el("span", { lang: "zh-CN" }, service.name),
    note: el("span", { class: `reason ${service.reason.code}` }, service.reason.text),
    onclick: () => go("service", { code: service.code }),
  });
}

function shelf(bundles) {
  return el("section", { class: "group" }, el("h2", {}, say("一件事", "Bundles: one matter, all its steps")),
    el("div", { class: "shelf", tabindex: "0", role: "region", "aria-label": say("一件事清单，可左右滑动", "Bundles, scrolls sideways") },
      bundles.map((bundle) => el("button", { type: "button", class: "shelf-card", lang: "zh-CN", onclick: () => go("bundle", { code: bundle.code }) },
        icon(ICONS.steps), el("b", {}, bundle.name), el("small", {}, say(`${bundle.steps.length} 步`, `${bundle.steps.length} steps`))))));
}
