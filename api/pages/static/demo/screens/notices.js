// Everything that the app tells a person.

import { el } from "../../shared/dom.js";
import { icon } from "../drawing.js";
import { ICONS } from "../icons.js";
import { attempt, empty } from "../parts.js";
import { go, redraw } from "../router.js";
import { phone } from "../state.js";
import { watchNotices } from "../watching.js";
import { moment, say } from "../words.js";

export async function notices() {
  const { items } = await phone.get("/v1/notices?limit=50");
  const unread = items.filter(({ read_at }) => !read_at);
  return {
    title: say("消息", "Notices"),
    nodes: [
      unread.length > 0 && el("div", { class: "wallet-head" }, el("p", {}, say(`${unread.length} 条未读`, `${unread.length} unread`)),
        el("button", { type: "button", class: "small-action", onclick: (event) => attempt(event.currentTarget, async () => {
          for (const { id } of unread) await phone.post(`/v1/notices/${id}/read`);
          await watchNotices();
          await redraw();
        }) }, icon(ICONS.tick), say("全部已读", "All read"))),
      items.length ? el("ul", { class: "notices" }, items.map(row)) : empty(ICONS.bell, say("没有消息", "No notices")),
    ].filter(Boolean),
  };
}

function row(notice) {
  const leads = { code_scanned: "records", confirmation_asked: "records", wallet_frozen: "freezing", consent_asked: "consents" }[notice.kind] ?? (notice.kind.startsWith("case_") ? "cases" : null);
  return el("li", { class: notice.read_at ? "" : "new" },
    el("p", { class: "soft small" }, moment(notice.at)),
    el("div", { class: "notice" }, el("b", {}, notice.title), el("p", {}, notice.text),
      leads ? el("button", { type: "button", class: "link", onclick: () => go(leads) }, say("查看", "Look")) : null));
}
