// The first screen: whom to be. A real mini-program logs its own user in; a sandbox offers everybody.

import { el } from "../../shared/dom.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { attempt, sign } from "../parts.js";
import { open } from "../router.js";
import { level, logIn, phone } from "../state.js";
import { aboutPersona, say } from "../words.js";

export async function start() {
  const { items } = await phone.get("/v1/sandbox/personas");
  return {
    title: say("亮证", "Liangzheng"),
    look: "start",
    nodes: [
      el("div", { class: "welcome" },
        el("img", { src: "/static/icon.svg", alt: "", width: 64, height: 64 }),
        el("p", { class: "welcome-name" }, say("电子证照，一亮即验", "Show a licence, verify it at once")),
        el("p", { class: "soft" }, say("沙盒：人物、证照、机构皆为虚构", "A sandbox: people, licences and agencies are fictitious"))),
      el("section", { class: "group" },
        el("h2", { class: "start-title" }, say("选一个人登录", "Choose whom to be")),
        el("div", { class: "cells" }, items.map(row))),
    ],
  };
}

function row(persona) {
  const button = el("button", { type: "button", class: "cell", "data-persona": persona.code, onclick: () => attempt(button, () => begin(persona)) },
    sign(persona.name, persona.sex === "女" ? "rose" : "teal"),
    el("span", { class: "cell-main" }, el("span", { lang: "zh-CN" }, persona.name), el("small", {}, aboutPersona(persona))),
    icon(ICONS.next, "icon arrow"));
  return button;
}

async function begin(persona) {
  await logIn(persona);
  await (level() < 2 ? open("bind", {}) : open("home"));
}
