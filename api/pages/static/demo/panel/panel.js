// Beside the phone: the scanner across the counter, the sandbox's levers, and every call as it happens.

import { el } from "../../shared/dom.js";
import { onLanguage, say } from "../words.js";
import { callList } from "./calls.js";
import { counter } from "./counter.js";
import { levers } from "./levers.js";

const panel = document.getElementById("panel");

export function startPanel() {
  const parts = { counter: counter(), levers: levers(), calls: callList() };
  const draw = () => {
    panel.replaceChildren(
      el("div", { class: "panel-head" },
        el("h2", { id: "panel-title", tabindex: "-1" }, say("幕后", "Behind the screen")),
        el("p", {}, say("手机只用公开接口。左边每点一下，这里就看得到它发出了什么、收到了什么。",
          "The phone uses the public API alone. Each tap shows here what it sent and what came back.")),
        el("button", { type: "button", class: "panel-close", onclick: () => panel.classList.remove("up") }, say("回到手机", "Back to the phone"))),
      el("div", { class: "panel-top" }, parts.counter.draw(), parts.levers.draw()),
      parts.calls.draw());
  };
  draw();
  onLanguage(draw);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && panel.classList.remove("up"));
}
