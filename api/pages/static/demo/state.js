// What the phone knows at the moment. It lives as long as the page: nothing is written to any storage.

import { Actor } from "./api.js";
import { say } from "./words.js";

export const phone = new Actor("phone");

export const state = {
  persona: null, // whom one plays, with the data that a real person would type
  account: null,
  registries: [], // how the last sync went, each registry
  kinds: new Map(), // licence kinds by code, fetched once
  elder: false,
  unread: 0,
  shown: null, // the code on the screen: {qr_text, check_code, title}
  lastShown: -Infinity, // when one was there last, on this device's stopwatch
};

export const level = () => state.account?.assurance_level ?? 0;

// Whoever acts for an organisation or a dependant sees that one's wallet.
export const actingFor = () => state.account?.acting_for ?? null;

export async function refreshAccount() {
  state.account = await phone.get("/v1/account");
  return state.account;
}

export async function kinds() {
  if (!state.kinds.size) {
    const { items } = await phone.get("/v1/licence-kinds");
    state.kinds = new Map(items.map((kind) => [kind.code, kind]));
  }
  return state.kinds;
}

export async function logIn(persona) {
  phone.forget();
  const login = await phone.post("/v1/sessions", {
    provider: "sandbox", code: persona.code, device: { name: say("演示手机", "Demo phone"), platform: "demo" },
  });
  phone.become(login);
  Object.assign(state, { persona, account: login.account, registries: [], unread: 0 });
}

export function logOut() {
  phone.forget();
  Object.assign(state, { persona: null, account: null, registries: [], unread: 0 });
}

/** Note which code is on the screen, for whoever scans it from within this page. */
export function setShown(shown) {
  if (state.shown) state.lastShown = performance.now();
  state.shown = shown;
  document.dispatchEvent(new CustomEvent("shown"));
}
