// Showing a licence full-screen: the code, the ring that counts down to the next one, and how much to disclose.

import { el, svg } from "../../shared/dom.js";
import { icon, parsedSvg, withVars } from "../drawing.js";
import { ICONS } from "../icons.js";
import { emblem, inColours } from "../kinds.js";
import { inWords } from "../api.js";
import { askToConfirm, scanned } from "../scanned.js";
import { Showing, stayAwake } from "../showing.js";
import { choices, explained } from "../showing_choices.js";
import { speakDigits } from "../speech.js";
import { kinds, phone } from "../state.js";
import { kindTitle, say } from "../words.js";

const SHOWN_LEVEL = "L"; // the level that the API draws by default: the largest modules for the same text

export async function show({ licence }) {
  const kind = (await kinds()).get(licence.kind);
  const code = el("div", { class: "code" });
  const count = el("p", { class: "count" });
  const digits = el("div", { class: "digits", hidden: true });
  const note = el("p", { class: "show-note", role: "status" });
  const options = el("div", { class: "options" });
  const paper = el("div", { class: "paper" }, head(licence), code, count, digits, note);
  const ground = inColours(el("div", { class: "show" }, emblem(licence.kind, "emblem ghost"), paper, options), licence.kind);
  let ticking = null;
  let asked = null;

  const showing = new Showing(licence, {
    async code(token, life) {
      note.textContent = token.freshness === "fresh" ? "" : say("部门系统暂未应答，对方会看到数据时间", "The department doesn't answer: the verifier sees the data's age");
      code.replaceChildren(await drawn(token), frame(token.refresh_after_seconds));
      clearInterval(ticking);
      ticking = countDown(count, token.refresh_after_seconds, life, token.mode);
      fillDigits(digits, token.check_code);
      redrawChoices();
    },
    state(view) {
      if (view.state === "awaiting_confirmation" && asked !== view.id) {
        asked = view.id;
        showing.hold();
        askToConfirm(view, licence, kind);
      }
      if (view.state === "used" || view.state === "declined") {
        showing.hold();
        clearInterval(ticking);
        ground.replaceChildren(scanned(view, licence, kind));
      }
      if (view.state === "expired" && asked === view.id) {
        asked = null;
        showing.renew();
      }
    },
    failed(error) {
      note.textContent = inWords(error);
      if (error.status) code.replaceChildren(icon(ICONS.warning, "icon big"));
    },
  });
  const redrawChoices = () => options.replaceChildren(choices(showing, kind), explained(showing, kind));

  const release = await stayAwake();
  redrawChoices();
  options.after(el("p", { class: "bright" }, icon(ICONS.sun),
    release ? say("屏幕保持常亮；扫不出时请调高亮度", "The screen stays on; turn up its brightness if scanning fails")
      : say("扫不出时请调高亮度，并保持屏幕常亮", "If scanning fails, turn up the brightness and keep the screen on")));
  ground.append(el("button", { type: "button", class: "button small narrow-only scan-me", onclick: () => document.dispatchEvent(new CustomEvent("scan-me")) },
    say("演示：让交警扫一扫", "Demo: let the traffic police scan it")));
  showing.begin();
  return {
    title: say("亮证", "Show"),
    look: "show",
    nodes: [ground],
    leave() {
      clearInterval(ticking);
      release?.();
      showing.end();
    },
  };
}

function head(licence) {
  return el("div", { class: "paper-head" },
    el("span", { class: "seal" }, emblem(licence.kind)),
    el("span", {}, el("b", {}, kindTitle(licence.kind, licence.title)),
      el("small", {}, el("span", { lang: "zh-CN" }, licence.holder_name_masked), " · ", licence.number_masked)));
}

async function drawn(token) {
  const text = await phone.get(`/v1/show-tokens/${token.id}/qr.svg?level=${SHOWN_LEVEL}&border=2`, { as: "text" });
  const qr = parsedSvg(text);
  qr.setAttribute("class", "qr");
  return qr;
}

// A frame around the code that runs out as its time does.
function frame(seconds) {
  const ring = svg("rect", { class: "ring", x: 1.5, y: 1.5, width: 97, height: 97, rx: 7, pathLength: 100 });
  const drawn = svg("svg", { class: "frame", viewBox: "0 0 100 100", "aria-hidden": "true" },
    svg("rect", { class: "ring-ground", x: 1.5, y: 1.5, width: 97, height: 97, rx: 7 }), ring);
  return withVars(drawn, { "--seconds": `${seconds}s` });
}

function countDown(count, refresh, life, mode) {
  const began = performance.now();
  const tell = () => {
    const gone = (performance.now() - began) / 1000;
    const left = Math.max(0, Math.ceil(refresh - gone));
    const text = left > 0
      ? say(`${left} 秒后自动更新 · 只能用一次`, `renews in ${left} s · works once`)
      : say(`${Math.max(0, Math.ceil(life - gone))} 秒后失效`, `ends in ${Math.max(0, Math.ceil(life - gone))} s`);
    count.replaceChildren(el("b", {}, mode === "offline" ? say("离线码", "Offline code") : say("动态码", "Live code")), " ", text);
  };
  tell();
  return setInterval(tell, 1000);
}

function fillDigits(digits, code) {
  digits.hidden = !code;
  if (!code) return;
  digits.replaceChildren(
    el("small", {}, say("数字码：念给工作人员听", "Check code: read it to the staff")),
    el("output", { "aria-label": [...code].join(" ") }, code.slice(0, 4), el("i", {}), code.slice(4)),
    el("button", { type: "button", class: "icon-button", onclick: () => speakDigits(code), "aria-label": say("朗读数字码", "Read the code aloud") }, icon(ICONS.speak)));
}

