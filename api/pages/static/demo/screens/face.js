// The face check (level 3). The platform's own camera page does it; a sandbox decides how it goes.

import { el, svg } from "../../shared/dom.js";
import { inWords, newKey } from "../api.js";
import { button } from "../parts.js";
import { back, open } from "../router.js";
import { toast } from "../sheets.js";
import { phone, state } from "../state.js";
import { isEnglish, say } from "../words.js";

/** `join`: the person has an account already, which this login shall join. `then`: what to do when it passed. */
export async function face({ join = false, then = null } = {}) {
  const { items } = await phone.get("/v1/consent-texts");
  const consent = items.find((text) => text.purpose === "face-check");
  const said = el("p", { class: "face-said", role: "status" }, say("请正对屏幕，保持光线充足", "Face the screen in good light"));
  const frame = el("div", { class: "face" }, portrait());
  const begin = button(say("同意并开始", "Agree and begin"), () => check("live"));
  const fail = button(say("演示：核验不通过", "Demo: let it fail"), () => check("failed"), "small");

  const check = async (outcome) => {
    begin.disabled = fail.disabled = true;
    frame.classList.add("looking");
    said.textContent = say("正在核验…", "Checking…");
    try {
      state.account = await run(outcome, join, consent.version);
      toast(say("核验通过，认证等级 3", "Passed: you are at level 3"));
      await (then ? then() : join ? open("wallet", { sync: true }) : back());
    } catch (error) {
      said.textContent = inWords(error);
    } finally {
      frame.classList.remove("looking");
      begin.disabled = fail.disabled = false;
    }
  };

  return {
    title: say("人脸核验", "Face check"),
    nodes: [
      frame, said,
      el("details", { class: "consent" },
        el("summary", {}, say(`人脸信息处理同意书 · 第${consent.version}版`, `Consent to a face check · version ${consent.version}`)),
        el("p", {}, isEnglish() ? consent.text_en : consent.text)),
      begin,
      el("div", { class: "sandbox-tools" }, fail),
    ],
  };
}

async function run(outcome, join, version) {
  const { name, id_type, id_number } = state.persona;
  const claim = join || state.account.assurance_level < 2 ? { name, id_type, id_number } : {};
  const check = await phone.post("/v1/real-name/face-checks", { ...claim, consent_version: version }, { key: newKey() });
  if (outcome !== "live") await phone.post(check.client_params.outcome_path, { outcome });
  return phone.post(`/v1/real-name/face-checks/${check.id}/complete`, {}, { key: newKey() });
}

function portrait() {
  return svg("svg", { viewBox: "0 0 200 200", "aria-hidden": "true" },
    svg("circle", { class: "face-ring", cx: 100, cy: 100, r: 92 }),
    svg("path", { class: "face-head", d: "M100 48c-24 0-38 18-38 42 0 26 16 46 38 46s38-20 38-46c0-24-14-42-38-42M44 182c4-26 26-38 56-38s52 12 56 38" }));
}
