// Oneself: level, notices, who looked, consents, acting for others, freezing, personal ranking, elder mode.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { cell, group, sign } from "../parts.js";
import { go } from "../router.js";
import { actingFor, level, phone, state } from "../state.js";
import { say } from "../words.js";
import { switchCell } from "./services.js";

const LEVELS = {
  1: () => say("一级 · 平台登录", "Level 1 · platform login"),
  2: () => say("二级 · 已实名", "Level 2 · real name bound"),
  3: () => say("三级 · 已人脸核验", "Level 3 · face checked"),
};

export async function me() {
  const { on } = level() >= 2 && !actingFor() ? await phone.get("/v1/account/personalisation") : { on: null };
  const bound = state.account.real_name;
  const acting = actingFor();
  const item = (path, title, note, name, params, value) =>
    cell({ mark: icon(path, "icon lead-icon"), title, note, value, onclick: () => go(name, params) });
  return {
    title: say("我的", "Me"),
    look: "me",
    nodes: [
      el("div", { class: "profile" },
        sign(bound?.name_masked ?? "客", "teal large"),
        el("div", {}, el("b", { lang: "zh-CN" }, acting ? acting.name_masked : (bound?.name_masked ?? say("未实名", "Not bound"))),
          el("p", { class: "mono" }, bound?.id_number_masked ?? ""),
          el("p", { class: `level level-${level()}` }, icon(ICONS.shield), acting ? say("代办中", "acting for them") : LEVELS[level()]()))),
      !acting && level() < 3 && group(null, [level() < 2
        ? item(ICONS.shield, say("绑定实名", "Bind your real name"), say("升到二级，归集证照", "to level 2: gather your licences"), "bind")
        : item(ICONS.face, say("人脸核验，升到三级", "Face check, to level 3"), say("企业、代办、敏感授权需要", "for enterprises, acting for others, sensitive consents"), "face")]),
      group(say("知情与控制", "Know and control"), [
        item(ICONS.bell, say("消息", "Notices"), null, "notices", {}, state.unread ? say(`${state.unread} 条未读`, `${state.unread} unread`) : null),
        item(ICONS.eye, say("谁看过我的证照", "Who looked at my licences"), null, "records"),
        item(ICONS.handshake, say("授权", "Consents"), say("谁申请用我的数据，我同意了什么", "who asks for my data, and what I allowed"), "consents"),
        !acting && item(ICONS.snow, say("冻结与解冻", "Freeze and unfreeze"), null, "freezing", {}, state.account.wallet_frozen ? say("已冻结", "frozen") : null),
      ].filter(Boolean)),
      group(say("代办", "Acting for others"), [
        item(ICONS.people, say("家人与企业", "Family and enterprises"), null, "principals", {}, acting ? acting.name_masked : null),
      ]),
      group(say("设置", "Settings"), [
        on !== null && switchCell(say("个性化推荐", "Personal ranking"), on, (next) => phone.post("/v1/account/personalisation", { on: next }, { key: newKey() })),
        switchCell(say("长辈模式：大字、朗读", "Elder mode: large type, read aloud"), state.elder, async () => document.dispatchEvent(new CustomEvent("elder"))),
      ].filter(Boolean)),
    ].filter(Boolean),
  };
}
