// The last fifty scans of this login: masked, in memory, gone with the login.

import { byId, el, show } from "../shared/dom.js";
import { inChina } from "../shared/clock.js";
import { LONGEST, shape } from "./result.js";

const MOST = 50;
const WORDS = { accepted: "accepted", rejected: "rejected", pending: "pending" };

/** Return the queue; `onOpen(id)` hears that somebody wants to see a scan again while they still may. */
export function createQueue({ words, onOpen }) {
  const { say } = words;
  let entries = [];

  const draw = () => {
    byId("queue").replaceChildren(...entries.map(line));
    byId("queue-count").textContent = entries.length ? String(entries.length) : "";
    show(byId("queue-empty"), entries.length === 0);
  };

  const line = (entry) => {
    const canOpen = entry.answered && !entry.offline && Date.now() - entry.at < LONGEST * 1000;
    const tags = [entry.offline && "tagOffline", entry.sent, entry.double && "tagDouble"].filter(Boolean);
    return el("li", { class: entry.double ? "double" : null },
      shape(entry.signal),
      el("div", {},
        el("p", {},
          el("b", {}, say(WORDS[entry.outcome] ?? "unclear")),
          tags.map((key) => el("span", { class: "tag" }, say(key))),
        ),
        el("p", { class: "about" }, [entry.title, entry.name].filter(Boolean).join(" · ") || entry.message),
      ),
      el("time", {}, inChina(entry.shownAt).slice(11)),
      canOpen && el("button", { type: "button", class: "plainly", onclick: () => onOpen(entry.id) }, say("queueOpen")),
    );
  };

  // After two minutes a scan can't be opened any more.
  setInterval(draw, 10000);

  return {
    /** Add a scan, or tell anew what became of it. */
    put: (id, answer) => {
      const { outcome, signal, message, licence, holder, offline = false, verified_at: shownAt } = answer;
      const told = { id, outcome, signal, message, title: licence?.title, name: holder?.name_masked, offline, shownAt };
      const known = entries.find((entry) => entry.id === id);
      if (known) Object.assign(known, told);
      else entries = [{ ...told, at: Date.now(), answered: !id.startsWith("local-") }, ...entries].slice(0, MOST);
      draw();
    },
    /** Note what became of a scan when it was sent: `sent` is a tag. */
    mark: (scanId, changes) => {
      const entry = entries.find(({ id }) => id === `local-${scanId}`);
      if (entry) Object.assign(entry, changes);
      draw();
    },
    has: (id) => entries.some((entry) => entry.id === id),
    clear: () => {
      entries = [];
      draw();
    },
    draw,
  };
}
