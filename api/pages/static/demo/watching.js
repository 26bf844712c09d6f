// Looks for new notices while somebody is logged in and the page is on the screen, and tells of them.

import { toast } from "./sheets.js";
import { phone, state } from "./state.js";

const EVERY = 5000; // milliseconds
// The screen that shows a code tells of these itself, and at once.
const TOLD_BY_SHOWING = new Set(["code_scanned", "confirmation_asked"]);
const LATE = 90_000; // milliseconds: a scan may wait for the holder's word, and a notice for the next look

let known = null;
let whose = null;

export function startWatching() {
  setInterval(() => {
    if (phone.loggedIn && state.account && document.visibilityState === "visible") watchNotices().catch(() => null);
  }, EVERY);
}

export async function watchNotices() {
  const { items } = await phone.poll("/v1/notices?limit=20");
  const fresh = whose === state.account?.id ? items.filter(({ id }) => !known.has(id)) : [];
  known = new Set(items.map(({ id }) => id));
  whose = state.account?.id;
  for (const notice of fresh.reverse()) {
    if (!TOLD_BY_SHOWING.has(notice.kind) || performance.now() - state.lastShown > LATE) toast(`${notice.title} · ${notice.text}`);
  }
  state.unread = items.filter(({ read_at }) => !read_at).length;
  document.dispatchEvent(new CustomEvent("unread"));
}
