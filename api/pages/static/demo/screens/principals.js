// Acting for a dependant or an enterprise, and back to oneself.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { attempt, button, cell, group } from "../parts.js";
import { go, open, redraw } from "../router.js";
import { toast } from "../sheets.js";
import { actingFor, level, phone, state } from "../state.js";
import { say } from "../words.js";

// Enterprises that a fresh sandbox's personas are the legal representatives of.
const ENTERPRISES = {
  "wang-qiang": { uscc: "91440300MA00TEX11Q", name: "深圳市测试味道餐饮有限公司" },
  "zhao-min": { uscc: "91440000MA00TEX2X1", name: "广东测试快达物流有限公司" },
  "huang-li": { uscc: "92440802MA00TEX384", name: "湛江市赤坎区测试黄丽便利店" },
};

export async function principals() {
  const acting = actingFor();
  const { memberships, dependants } = state.account;
  const mine = ENTERPRISES[state.persona.code];
  const registered = memberships.some(({ name }) => name === mine?.name);
  return {
    title: say("家人与企业", "Family and enterprises"),
    nodes: [
      acting && group(say("正在代办", "Acting for"), [cell({ title: acting.name_masked, note: say("点此回到本人", "tap to be yourself again"), onclick: () => actAs({}) })]),
      !acting && group(say("企业", "Enterprises"), memberships.length
        ? memberships.map((one) => cell({ mark: icon(ICONS.cards, "icon lead-icon"), title: el("span", { lang: "zh-CN" }, one.name), note: one.role, onclick: () => actAs({ organisation_id: one.organisation_id }) }))
        : [cell({ title: say("没有可代办的企业", "None to act for") })]),
      !acting && group(say("家人", "Family"), dependants.length
        ? dependants.map((one) => cell({ mark: icon(ICONS.people, "icon lead-icon"), title: el("span", { lang: "zh-CN" }, one.name_masked ?? one.name), note: one.relation ?? one.status, onclick: () => actAs({ dependant_id: one.id }) }))
        : [cell({ title: say("没有代办关系", "Nobody to act for") })]),
      !acting && mine && !registered && el("div", { class: "sandbox-tools" },
        button(say(`登记我的企业：${mine.name}`, `Register my enterprise: ${mine.name}`), (event) => attempt(event.currentTarget, () => register(mine)), "small")),
    ].filter(Boolean),
  };
}

async function register(enterprise) {
  if (level() < 3) {
    toast(say("先完成人脸核验（三级）", "A face check comes first (level 3)"));
    await go("face");
    return;
  }
  await phone.post("/v1/organisations", enterprise, { key: newKey() });
  state.account = await phone.get("/v1/account");
  toast(say("已登记", "Registered"));
  await redraw();
}

async function actAs(whom) {
  await attempt(null, async () => {
    const login = await phone.post("/v1/sessions/act-as", whom);
    phone.become(login);
    state.account = login.account;
    state.registries = [];
    await open("wallet", { sync: true });
  });
}
