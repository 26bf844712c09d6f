// Freezing the wallet (a lost phone, a doubt) and unfreezing it, which needs a fresh face check.

import { el } from "../../shared/dom.js";
import { inWords, newKey } from "../api.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { attempt, button } from "../parts.js";
import { go, open, redraw } from "../router.js";
import { ask, toast } from "../sheets.js";
import { phone, refreshAccount, state } from "../state.js";
import { say } from "../words.js";

export async function freezing() {
  const frozen = state.account.wallet_frozen;
  return {
    title: say("冻结与解冻", "Freeze and unfreeze"),
    nodes: [
      el("div", { class: `freeze ${frozen ? "frozen" : ""}` }, icon(ICONS.snow, "icon big"),
        el("h2", {}, frozen ? say("证照已冻结", "Your wallet is frozen") : say("证照使用正常", "Your wallet is in use")),
        el("ul", { class: "points" },
          el("li", {}, say("所有亮证码立即失效", "Every code stops at once")),
          el("li", {}, say("已给出的授权暂停", "Consents that you gave are suspended")),
          el("li", {}, say("其他设备全部退出登录", "Every other device is logged out")),
          el("li", {}, say("解冻需要再次人脸核验", "Unfreezing needs a new face check")))),
      frozen
        ? button(say("解除冻结", "Unfreeze"), (event) => attempt(event.currentTarget, unfreeze))
        : button(say("立即冻结", "Freeze now"), () => ask(say("冻结全部证照？", "Freeze every licence?"), say("冻结后不能出示，直到您再次核验本人。", "Nothing can be shown until you prove that it is you."), say("冻结", "Freeze"), freeze, "bad"), "bad"),
    ],
  };
}

async function freeze() {
  await attempt(null, async () => {
    await phone.post("/v1/wallet/freeze", {}, { key: newKey() });
    await refreshAccount();
    toast(say("已冻结", "Frozen"));
    await redraw();
  });
}

async function unfreeze() {
  try {
    await phone.post("/v1/wallet/unfreeze", {}, { key: newKey() });
  } catch (error) {
    if (error.code !== "fresh-proof-required" && error.code !== "assurance-level-required") throw error;
    toast(inWords(error));
    await go("face", { then: async () => { await unfreeze(); } });
    return;
  }
  await refreshAccount();
  toast(say("已解冻", "Unfrozen"));
  await open("wallet");
}
