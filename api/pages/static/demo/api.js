// More than one actor calls the API here: the phone and whoever scans it. Each keeps its tokens in this module's
// memory and nowhere else: reloading forgets them. Every call is told to whoever listens.

import { createClient, Unreachable } from "../shared/api.js";
import { language, say } from "./words.js";

export { newKey, Problem, Unreachable } from "../shared/api.js";

const listeners = [];
let count = 0;

/** Hear of every call when it has ended. */
export const onCall = (listener) => listeners.push(listener);

export class Actor {
  #access = null;
  #refresh = null;
  #known = new Map(); // path → {etag, body} of what is polled

  /** `name` tells in the panel who calls: "phone" or "staff". */
  constructor(name) {
    this.name = name;
    this.call = createClient({ language, onCall: (heard) => this.#tell(heard) });
  }

  get loggedIn() {
    return this.#access !== null;
  }

  get token() {
    return this.#access;
  }

  become({ access_token, refresh_token }) {
    this.#access = access_token;
    this.#refresh = refresh_token;
    this.#known.clear();
  }

  forget() {
    this.#access = this.#refresh = null;
    this.#known.clear();
  }

  async get(path, options = {}) {
    return (await this.#ask("GET", path, options)).body;
  }

  async post(path, body = {}, options = {}) {
    return (await this.#ask("POST", path, { ...options, body })).body;
  }

  /** Read what is read again and again: the answer of before where nothing has changed (If-None-Match). */
  async poll(path) {
    const known = this.#known.get(path);
    const { status, body, headers } = await this.#ask("GET", path, { etag: known?.etag });
    if (status === 304) return known.body;
    const etag = headers.get("ETag");
    if (etag) this.#known.set(path, { etag, body });
    return body;
  }

  async #ask(method, path, options) {
    const token = this.#access;
    try {
      return await this.call(method, path, { ...options, token });
    } catch (error) {
      if (error.status !== 401 || !this.#refresh || path === "/v1/sessions") throw error;
      await this.#renew();
      return this.call(method, path, { ...options, token: this.#access });
    }
  }

  async #renew() {
    try {
      this.become((await this.call("POST", "/v1/sessions/refresh", { body: {}, token: this.#refresh })).body);
    } catch (error) {
      this.forget();
      document.dispatchEvent(new CustomEvent("logged-out", { detail: this.name }));
      throw error;
    }
  }

  #tell(heard) {
    const call = { ...heard, id: ++count, actor: this.name, withToken: this.#access !== null };
    for (const listener of listeners) listener(call);
  }
}

/** Say what went wrong in words for a person. */
export function inWords(error) {
  if (error instanceof Unreachable) return say("网络不通，请稍后再试", "No network: try again later");
  return error.message;
}
