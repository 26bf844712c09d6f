// Which screen the phone shows. A screen is a function that gives {title, nodes, look?, foot?, leave?}; each family of
// them is a file that is loaded when it is first needed.

import { el } from "../shared/dom.js";
import { inWords } from "./api.js";
import { icon } from "./drawing.js";
import { ICONS } from "./icons.js";
import { closeSheets } from "./sheets.js";
import { readAloud } from "./speech.js";
import { state } from "./state.js";
import { onLanguage, say } from "./words.js";

const SCREENS = {
  start: () => import("./screens/start.js"),
  home: () => import("./screens/home.js"),
  search: () => import("./screens/services.js"),
  service: () => import("./screens/services.js"),
  bundle: () => import("./screens/services.js"),
  bind: () => import("./screens/binding.js"),
  face: () => import("./screens/face.js"),
  wallet: () => import("./screens/wallet.js"),
  licence: () => import("./screens/licence.js"),
  show: () => import("./screens/show.js"),
  cases: () => import("./screens/cases.js"),
  caseFile: () => import("./screens/cases.js"),
  review: () => import("./screens/review.js"),
  form: () => import("./screens/form.js"),
  forms: () => import("./screens/forms.js"),
  me: () => import("./screens/me.js"),
  principals: () => import("./screens/principals.js"),
  notices: () => import("./screens/notices.js"),
  records: () => import("./screens/records.js"),
  record: () => import("./screens/records.js"),
  freezing: () => import("./screens/freezing.js"),
  consents: () => import("./screens/consents.js"),
  consentRequest: () => import("./screens/consents.js"),
  consent: () => import("./screens/consents.js"),
};
const TABS = [
  ["home", () => say("首页", "Home"), ICONS.home],
  ["wallet", () => say("证照", "Licences"), ICONS.cards],
  ["cases", () => say("办件", "Cases"), ICONS.file],
  ["me", () => say("我的", "Me"), ICONS.person],
];
// Milliseconds before a screen that is still loading shows that it is.
const PATIENCE = 250;

let stack = [{ name: "start", params: {} }];
let leaving = null;
let drawing = 0;

const [app, bar, view, foot, tabs] = ["app", "bar", "view", "foot", "tabs"].map((id) => document.getElementById(id));

/** Show a screen on top of this one. */
export const go = (name, params = {}) => move([...stack, { name, params }]);
/** Show a screen in the place of this one. */
export const swap = (name, params = {}) => move([...stack.slice(0, -1), { name, params }]);
/** Show a screen as the first, as a tab does. */
export const open = (name, params = {}) => move([{ name, params }]);
export const canGoBack = () => stack.length > 1;
export const current = () => stack.at(-1);

export function back() {
  if (canGoBack()) move(stack.slice(0, -1));
}

/** Draw this screen anew, where it was scrolled to. */
export function redraw() {
  const top = view.scrollTop;
  return draw({ quiet: true }).then(() => view.scrollTo(0, top));
}

async function move(next) {
  stack = next;
  closeSheets();
  await draw();
}

async function draw({ quiet = false } = {}) {
  const mine = ++drawing;
  leaving?.();
  leaving = null;
  const { name, params } = current();
  const patience = quiet ? null : setTimeout(() => mine === drawing && put(waiting(), name), PATIENCE);
  let screen;
  try {
    screen = await (await SCREENS[name]())[name](params);
  } catch (error) {
    screen = failed(error);
  } finally {
    clearTimeout(patience);
  }
  if (mine !== drawing) {
    screen.leave?.();
    return;
  }
  leaving = screen.leave ?? null;
  put(screen, name);
  if (!quiet) {
    view.scrollTo(0, 0);
    bar.querySelector("h1").focus({ preventScroll: true });
  }
}

function put(screen, name) {
  app.className = `app look-${screen.look ?? "plain"}${state.elder ? " elder" : ""}`;
  app.dataset.screen = name;
  bar.querySelector("h1").textContent = screen.title;
  bar.querySelector("[data-back]").hidden = !canGoBack();
  document.title = `${screen.title} · ${say("亮证演示", "Liangzheng demo")}`;
  view.replaceChildren(...(state.elder ? [readMe()] : []), ...screen.nodes);
  foot.replaceChildren(...(screen.foot ? [screen.foot].flat() : []));
  foot.hidden = !screen.foot;
  drawTabs(stack[0].name, stack.length > 1 || name === "start");
}

const readMe = () => el("button", { type: "button", class: "read-me", onclick: readAloud }, icon(ICONS.speak), say("读给我听", "Read this to me"));

function drawTabs(at, hidden) {
  tabs.hidden = hidden;
  tabs.setAttribute("aria-label", say("栏目", "Sections"));
  tabs.replaceChildren(
    ...TABS.map(([name, title, path]) =>
      el("button", { type: "button", "aria-current": name === at && "page", "data-tab": name, onclick: () => open(name) },
        icon(path), el("span", {}, title()),
        name === "me" && state.unread > 0 && el("b", { class: "dot", "aria-label": say(`${state.unread}条未读`, `${state.unread} unread`) }, String(state.unread)))),
  );
}

const waiting = () => ({
  title: say("请稍候", "One moment"),
  nodes: [el("p", { class: "waiting", role: "status" }, el("i", { class: "spinner" }), say("加载中…", "Loading…"))],
});

function failed(error) {
  console.info(error);
  return {
    title: say("没有成功", "That failed"),
    nodes: [
      el("div", { class: "empty" },
        icon(ICONS.warning, "icon big"),
        el("p", { role: "alert" }, inWords(error)),
        el("button", { type: "button", class: "button", onclick: () => draw() }, say("重试", "Try again"))),
    ],
  };
}

onLanguage(() => draw({ quiet: true }));
document.addEventListener("unread", () => tabs.hidden || drawTabs(stack[0].name, stack.length > 1));
