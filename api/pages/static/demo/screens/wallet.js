// The wallet of cards, gathered from the registries; where one does not answer, what was known last and as of when.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { card } from "../kinds.js";
import { attempt, banner, button, empty } from "../parts.js";
import { go, redraw } from "../router.js";
import { toast } from "../sheets.js";
import { actingFor, level, phone, state } from "../state.js";
import { say } from "../words.js";
import { needsName } from "./binding.js";

export async function wallet({ sync = false } = {}) {
  const title = actingFor() ? say("代办的证照", "Licences I act for") : say("我的证照", "My licences");
  if (level() < 2 && !actingFor()) return { title, nodes: [needsName(), empty(ICONS.cards, say("绑定实名后，证照会归集到这里", "Bind your real name and your licences gather here"))] };
  if (sync) await gather();
  const { items } = await phone.get("/v1/licences?limit=100");
  const shown = items.filter((licence) => !licence.hidden);
  const hidden = items.length - shown.length;
  return {
    title,
    look: "wallet",
    nodes: [
      ...notes(),
      el("div", { class: "wallet-head" },
        el("p", {}, say(`${shown.length} 张证照`, `${shown.length} licences`), hidden ? el("small", {}, say(`，另有 ${hidden} 张已隐藏`, `, ${hidden} hidden`)) : null),
        syncButton()),
      shown.length
        ? el("ul", { class: "wallet" }, shown.map((licence) => el("li", {}, card(licence, { onclick: () => go("licence", { id: licence.id }) }))))
        : empty(ICONS.cards, say("没有找到证照。可向发证部门核实，或稍后再同步。", "No licence was found. Ask the department, or sync again later.")),
      hidden ? button(say("显示已隐藏的", "Show hidden ones"), (event) => attempt(event.currentTarget, () => unhide(items)), "plain") : "",
    ],
  };
}

/** Ask every registry; each is as slow as itself. */
export async function gather() {
  const { registries } = await phone.post("/v1/wallet/sync", {}, { key: newKey() });
  state.registries = registries;
  return registries;
}

function syncButton() {
  const sync = el("button", { type: "button", class: "small-action", onclick: () => attempt(sync, async () => {
    sync.classList.add("busy");
    const silent = (await gather()).filter(({ status }) => status !== "ok").length;
    toast(silent ? say(`${silent} 个部门未应答，显示上次数据`, `${silent} departments silent: showing what was known`) : say("已同步", "Synced"));
    await redraw();
  }) }, icon(ICONS.refresh), say("同步", "Sync"));
  return sync;
}

function notes() {
  const silent = state.registries.filter(({ status }) => status !== "ok");
  return [
    state.account.wallet_frozen && banner("bad", ICONS.snow, say("证照已冻结，不能出示", "Your wallet is frozen: nothing can be shown"), () => go("freezing")),
    silent.length > 0 && banner("wait", ICONS.clock, say(
      `${silent.map(({ name }) => name).join("、")}暂未应答，相关证照显示上次已知的数据`,
      `No answer from ${silent.map(({ name }) => name).join(", ")}: those licences show what was known last`)),
  ].filter(Boolean);
}

async function unhide(items) {
  for (const { id } of items.filter((licence) => licence.hidden)) {
    await phone.post(`/v1/licences/${id}/preferences`, { hidden: false }, { key: newKey() });
  }
  await redraw();
}
