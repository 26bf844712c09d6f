// The sandbox's levers: break a department, decide on a licence, move time, begin again.

import { el } from "../../shared/dom.js";
import { Actor, inWords, newKey } from "../api.js";
import { open, redraw } from "../router.js";
import { ask, toast } from "../sheets.js";
import { logOut, phone } from "../state.js";
import { say } from "../words.js";

const DEPARTMENTS = [
  ["traffic-police", "交管局", "Traffic police"], ["public-security", "公安局", "Public security"],
  ["exit-entry", "出入境", "Exit and entry"], ["human-resources", "人社局", "Human resources"], ["housing-fund", "公积金", "Housing fund"],
];
const STATUSES = [
  ["revoked", "吊销", "Revoke"], ["suspended", "暂扣", "Suspend"], ["valid", "恢复有效", "Restore"],
];

// Who answers for the departments of human resources, medical insurance and education in a sandbox.
const CLERK = { organisation_code: "service-hall", staff_number: "S003", password: "sandbox-S003" };

export function levers() {
  const sandbox = new Actor("levers");
  const clerk = new Actor("staff");
  const down = new Set();

  const pull = (work) => async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      await work(button);
    } catch (error) {
      toast(inWords(error));
    } finally {
      button.disabled = false;
    }
  };

  async function breakOrMend(code, button) {
    const broken = down.has(code);
    await sandbox.post(`/v1/sandbox/registries/${code}`, { status: broken ? "ok" : "down" });
    if (broken) down.delete(code);
    else down.add(code);
    button.setAttribute("aria-pressed", String(!broken));
    toast(broken ? say("部门系统恢复", "The department is back") : say("部门系统中断：在手机上同步看看", "The department is down: sync on the phone"));
  }

  async function decide(status) {
    if (!phone.loggedIn) throw new Error(say("请先登录", "Log in first"));
    const { items } = await phone.get("/v1/licences?kind=DRIVING_LICENCE");
    const licence = items[0];
    if (!licence) throw new Error(say("此人没有驾驶证", "This person has no driving licence"));
    await sandbox.post(`/v1/sandbox/licences/${licence.identifier}/status`, { status });
    await redraw();
  }

  async function moveTime(days) {
    const { now } = await sandbox.get("/v1/sandbox/clock");
    await sandbox.post("/v1/sandbox/clock", { now: new Date(Date.parse(now) + days * 86_400_000).toISOString().replace(/\.\d+/, "") });
    toast(say(`沙盒时间前进 ${days} 天；登录会到期`, `The sandbox is ${days} days ahead; logins run out`));
  }

  async function decideCase() {
    clerk.become(await clerk.post("/v1/staff/sessions", CLERK));
    const { items } = await clerk.get("/v1/staff/cases?state=submitted&limit=1");
    if (!items.length) throw new Error(say("大厅没有待办：试试“医保异地就医备案”", "The hall has nothing to do: try “医保异地就医备案”"));
    const { id } = items[0];
    await clerk.post(`/v1/staff/cases/${id}/accept`, {}, { key: newKey() });
    await clerk.post(`/v1/staff/cases/${id}/approve`, {}, { key: newKey() });
    toast(say("部门已受理并准予", "The department accepted and approved it"));
    await redraw();
  }

  const reset = () => ask(say("恢复到第一天？", "Back to the first day?"), say("所有人的绑定、记录和时间都会复原。", "Everybody's bindings, records and the time go back."), say("恢复", "Reset"), async () => {
    await sandbox.post("/v1/sandbox/reset");
    down.clear();
    logOut();
    await open("start");
  }, "bad");

  return {
    draw() {
      const lever = (words, work, pressed) => el("button", { type: "button", class: "lever", "aria-pressed": pressed, onclick: pull(work) }, words);
      return el("section", { class: "levers", "aria-labelledby": "levers-title" },
        el("div", { class: "section-head" }, el("h3", { id: "levers-title" }, say("沙盒机关", "The sandbox's levers"))),
        row(say("中断部门", "Break"), DEPARTMENTS.map(([code, zh, en]) => lever(say(zh, en), (button) => breakOrMend(code, button), String(down.has(code))))),
        row(say("驾驶证", "Driving licence"), STATUSES.map(([status, zh, en]) => lever(say(zh, en), () => decide(status)))),
        row(say("政务大厅", "Service hall"), [lever(say("受理并办结一件", "Accept and approve a case"), decideCase)]),
        row(say("时间", "Time"), [lever(say("+1 天", "+1 day"), () => moveTime(1)), lever(say("+60 天", "+60 days"), () => moveTime(60)), lever(say("全部复原", "Reset all"), reset)]));
    },
  };
}

const row = (words, buttons) => el("div", { class: "lever-row", role: "group", "aria-label": words }, el("span", {}, words), el("div", {}, buttons));
