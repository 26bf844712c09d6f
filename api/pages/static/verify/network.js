// Whether there is a network, as the last call found out. The browser's own word is only good when it says no.

import { Unreachable } from "../shared/api.js";

const ASK_AGAIN = 4000; // milliseconds

/** Return what watches the network; `onChange(isThere)` hears of it. */
export function createNetwork(call, { onChange }) {
  let isThere = navigator.onLine;
  let timer = null;

  const set = (now) => {
    clearTimeout(timer);
    if (!now) timer = setTimeout(ask, ASK_AGAIN);
    if (now === isThere) return;
    isThere = now;
    onChange(isThere);
  };

  const ask = async () => {
    if (!navigator.onLine) return set(false);
    try {
      await call("GET", "/healthz", { as: "text" });
      set(true);
    } catch (error) {
      set(!(error instanceof Unreachable));
    }
  };

  addEventListener("online", ask);
  addEventListener("offline", () => set(false));
  if (!isThere) set(false);

  return { isThere: () => isThere, lost: () => set(false), found: () => set(true), ask };
}
