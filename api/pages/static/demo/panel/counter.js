// Across the counter: a member of staff scans what the phone shows, through the same public API, with a login of
// their own. One person can so play both sides; /verify does the same with a real camera.

import { el } from "../../shared/dom.js";
import { Actor, inWords, newKey } from "../api.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { toast } from "../sheets.js";
import { state } from "../state.js";
import { kindTitle, moment, onLanguage, say } from "../words.js";

const AGENCIES = {
  "traffic-police": [["交警", "Traffic police"], ["路面执法", "Road check"]],
  hotel: [["酒店前台", "Hotel desk"], ["入住登记", "Check-in"]],
  "service-hall": [["政务大厅", "Service hall"], ["窗口办事", "At the counter"]],
};
const ASK_EVERY = 1000; // milliseconds
const ASK_FOR = 65_000;

export function counter() {
  const staff = new Actor("staff");
  const people = new Map(); // organisation → the sandbox's staff who may verify
  let at = "traffic-police";
  let asAt = null;
  let result = null; // {look, verification} or {look: "bad", text}
  let screen, scan, hear;

  async function logIn() {
    if (asAt === at && staff.loggedIn) return;
    if (!people.size) {
      for (const one of (await staff.get("/v1/sandbox/personas")).staff) {
        if (one.permissions.includes("verify") && !people.has(one.organisation_code)) people.set(one.organisation_code, one);
      }
    }
    const { organisation_code, staff_number, password } = people.get(at);
    staff.forget();
    staff.become(await staff.post("/v1/staff/sessions", { organisation_code, staff_number, password }));
    asAt = at;
  }

  async function verify(seen) {
    scan.disabled = hear.disabled = true;
    try {
      await logIn();
      let verification = await staff.post("/v1/verifications", { ...seen, purpose: AGENCIES[at][1][0] }, { key: newKey() });
      tell({ verification });
      const until = performance.now() + ASK_FOR;
      while (verification.outcome === "pending" && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
        verification = await staff.poll(`/v1/verifications/${verification.id}`);
        if (verification.outcome !== "pending") tell({ verification });
      }
    } catch (error) {
      if (error.status === 401) staff.forget();
      tell({ text: inWords(error) });
    } finally {
      ready();
    }
  }

  function tell(next) {
    result = next;
    screen.replaceChildren(next ? told(next) : idle());
  }

  function ready() {
    scan.disabled = !state.shown;
    hear.hidden = !state.shown?.check_code;
    hear.disabled = false;
    if (!result) screen.replaceChildren(idle());
  }

  const idle = () => el("p", { class: "hint" }, state.shown
    ? say("手机上亮着一张码，可以扫了。", "The phone shows a code: scan it.")
    : say("请先在手机上亮出一张证照。", "First show a licence on the phone."));

  // On a phone this part is out of sight: there the showing screen has a button of its own.
  document.addEventListener("scan-me", async () => {
    await verify({ qr_text: state.shown.qr_text });
    if (result.verification?.outcome !== "pending") toast(`${say(...AGENCIES[at][0])} · ${result.text ?? result.verification.message}`);
  });
  document.addEventListener("shown", () => {
    if (state.shown) result = null;
    ready();
  });
  onLanguage(() => ready());

  return {
    draw() {
      screen = el("div", { class: "terminal", role: "status" });
      scan = el("button", { type: "button", class: "scan", "data-scan": true, onclick: () => verify({ qr_text: state.shown.qr_text }) }, icon(ICONS.scan), say("扫手机上的码", "Scan the phone's code"));
      hear = el("button", { type: "button", class: "scan plain", onclick: () => verify({ check_code: state.shown.check_code }) }, icon(ICONS.speak), say("听写数字码", "Type the check code"));
      const choice = el("select", { id: "agency", onchange: (event) => { at = event.target.value; result = null; ready(); } },
        Object.entries(AGENCIES).map(([code, [words]]) => el("option", { value: code, selected: code === at }, say(...words))));
      ready();
      if (result) tell(result);
      return el("section", { class: "counter", "aria-labelledby": "counter-title" },
        el("div", { class: "section-head" }, el("h3", { id: "counter-title" }, say("柜台对面", "Across the counter")),
          el("a", { class: "tool", href: "/verify", target: "_blank", rel: "noopener" }, say("打开真扫码端 /verify", "Open the real scanner, /verify"))),
        el("div", { class: "counter-row" }, el("label", { class: "unseen", for: "agency" }, say("谁来扫", "Who scans")), choice, scan, hear),
        screen);
    },
  };
}

const SIGNS = { green: ICONS.tick, amber: ICONS.clock, red: ICONS.cross };
const WORDS = { green: ["真实有效", "Genuine"], amber: ["请留意", "Take care"], red: ["不予认可", "Refused"] };

function told({ verification, text }) {
  if (!verification) return el("p", { class: "verdict red" }, icon(ICONS.warning, "icon big"), el("span", {}, text));
  const { signal, message, next_action, licence, holder, as_of, reason } = verification;
  return el("div", { class: `verdict ${signal}` },
    el("span", { class: "verdict-sign" }, icon(SIGNS[signal])),
    el("div", {},
      el("b", {}, say(...WORDS[signal]), " · ", message),
      el("p", {}, next_action, reason ? el("code", {}, ` ${reason}`) : null),
      licence && el("p", { class: "seen" }, kindTitle(licence.kind, licence.title), holder ? el("span", { lang: "zh-CN" }, ` · ${holder.name ?? holder.name_masked}`) : null, as_of ? say(` · 数据截至 ${moment(as_of)}`, ` · as of ${moment(as_of)}`) : null),
      licence && el("ul", { class: "seen-fields", lang: "zh-CN" }, licence.fields.filter(({ type, value }) => type !== "image" && value !== null).map(({ label, value }) => el("li", {}, el("small", {}, label.replace(/\(.*/, "")), String(value))))));
}
