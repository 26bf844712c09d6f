// Starts the phone and, beside it, what shows a front-end developer how it works.

import { icon } from "./drawing.js";
import { ICONS } from "./icons.js";
import { startPanel } from "./panel/panel.js";
import { back, canGoBack, open, redraw } from "./router.js";
import { actions, closeSheets } from "./sheets.js";
import { readAloud, stopReading } from "./speech.js";
import { logOut, phone, state } from "./state.js";
import { startWatching } from "./watching.js";
import { isEnglish, onLanguage, say, speakEnglish } from "./words.js";

const bar = document.getElementById("bar");

function drawBar() {
  bar.querySelector("[data-back]").setAttribute("aria-label", say("返回", "Back"));
  bar.querySelector("[data-menu]").setAttribute("aria-label", say("更多", "More"));
  bar.querySelector("[data-close]").setAttribute("aria-label", say("退出登录", "Log out"));
}

function menu() {
  actions(say("更多", "More"), [
    [say("English", "中文"), () => speakEnglish(!isEnglish())],
    [state.elder ? say("退出长辈模式", "Leave elder mode") : say("长辈模式：大字、朗读", "Elder mode: large type, read aloud"), toggleElder],
    [say("朗读本页", "Read this page aloud"), readAloud],
    [say("看接口调用与对面的扫码机", "API calls and the scanner across the counter"), showPanel, "narrow-only"],
    phone.loggedIn && [say("退出登录，换一个人", "Log out, be somebody else"), leave, "bad"],
  ]);
}

function toggleElder() {
  state.elder = !state.elder;
  document.documentElement.classList.toggle("elder", state.elder);
  redraw();
}

function showPanel() {
  const panel = document.getElementById("panel");
  panel.classList.add("up");
  panel.querySelector("h2").focus();
}

function leave() {
  logOut();
  open("start");
}

function tellTheTime() {
  const now = new Date();
  document.getElementById("time").textContent = `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
}

bar.querySelector("[data-back]").append(icon(ICONS.back));
bar.querySelector("[data-menu]").append(icon(ICONS.more, "icon dots"));
bar.querySelector("[data-close]").append(icon(ICONS.close, "icon target"));
bar.querySelector("[data-back]").addEventListener("click", back);
bar.querySelector("[data-menu]").addEventListener("click", menu);
bar.querySelector("[data-close]").addEventListener("click", leave);
document.addEventListener("elder", toggleElder);
document.addEventListener("logged-out", (event) => event.detail === "phone" && leave());

// The link changes language without JavaScript, too; here it must not forget who is logged in.
const languageLink = document.querySelector("nav a[hreflang]");
languageLink.addEventListener("click", (event) => {
  event.preventDefault();
  speakEnglish(!isEnglish());
});
onLanguage((to) => {
  languageLink.textContent = to === "en" ? "中文" : "English";
  languageLink.lang = languageLink.hreflang = to === "en" ? "zh-CN" : "en";
  drawBar();
  stopReading();
});

// A phone's gesture for "back" means the screen before, not the page before.
history.pushState(null, "");
window.addEventListener("popstate", () => {
  if (!canGoBack()) {
    history.back();
    return;
  }
  closeSheets();
  back();
  history.pushState(null, "");
});

tellTheTime();
setInterval(tellTheTime, 10_000);
startPanel();
startWatching();
// The server chose the page's words; what was chosen here before counts for more. This draws the first screen.
speakEnglish(isEnglish());

