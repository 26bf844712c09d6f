// A staff login. Both tokens live in this module's memory alone: a reload asks for the password again, so that a
// shared counter computer keeps no way in. Scanning without a network needs no login, and works after a reload.

import { newKey, Problem } from "../shared/api.js";

const REFRESH_AHEAD = 120; // seconds
const IDLE = 10 * 60 * 1000; // milliseconds
const LIVELY = ["pointerdown", "keydown", "touchstart"];

/** Return a session over a client; `onEnd(why)` hears when it ended: "idle", "ended" or "left". */
export function createSession(call, { onEnd }) {
  let tokens = null;
  let staff = null;
  let refreshAt = 0;
  let refreshing = null;
  let lastLively = Date.now();

  const take = (answer) => {
    tokens = { access: answer.access_token, refresh: answer.refresh_token };
    staff = answer.staff ?? staff;
    refreshAt = Date.now() + Math.max(30, answer.expires_in - REFRESH_AHEAD) * 1000;
  };

  const end = (why) => {
    if (!tokens) return;
    tokens = null;
    staff = null;
    onEnd(why);
  };

  const refresh = () => {
    // One at a time: a refresh token that is used twice ends the whole login.
    refreshing ??= call("POST", "/v1/sessions/refresh", { token: tokens.refresh, key: newKey() })
      .then(({ body }) => take(body))
      .finally(() => {
        refreshing = null;
      });
    return refreshing;
  };

  const send = async (method, path, options = {}) => {
    if (!tokens) throw new Problem(401, { code: "unauthenticated" });
    try {
      if (Date.now() >= refreshAt) await refresh();
      return await call(method, path, { ...options, token: tokens.access });
    } catch (error) {
      if (error instanceof Problem && error.status === 401 && !options.mayRefuse) end("ended");
      throw error;
    }
  };

  const logIn = async (credentials) => {
    const { body } = await call("POST", "/v1/staff/sessions", { body: credentials });
    take(body);
    lastLively = Date.now();
    return staff;
  };

  const logOut = async (why = "left") => {
    if (!tokens) return;
    const mine = tokens.access;
    end(why);
    try {
      const { body } = await call("GET", "/v1/sessions?limit=100", { token: mine });
      const current = body.items.find((one) => one.current);
      if (current) await call("POST", `/v1/sessions/${current.id}/revoke`, { token: mine });
    } catch {
      // Without a network it ends by itself, when its time is over.
    }
  };

  for (const event of LIVELY) {
    addEventListener(event, () => (lastLively = Date.now()), { capture: true, passive: true });
  }
  setInterval(() => {
    if (tokens && Date.now() - lastLively > IDLE) logOut("idle");
  }, 5000);

  return {
    send,
    logIn,
    logOut,
    isOpen: () => tokens !== null,
    staff: () => staff,
    know: (told) => (staff = told),
    liven: () => (lastLively = Date.now()),
  };
}
