// A licence being shown: codes that renew before they end, and an eye on what becomes of each of them.

import { newKey } from "./api.js";
import { phone, setShown } from "./state.js";

const LOOK_EVERY = 1000; // milliseconds
const TRY_AGAIN_AFTER = 3000;

export class Showing {
  #live = new Map(); // id → when it ends, on this device's own stopwatch
  #timer = null;
  #watch = null;
  #ended = false;
  #round = 0;

  /** `hear` is told: code(token), state(view), failed(error). */
  constructor(licence, hear) {
    this.licence = licence;
    this.hear = hear;
    this.wish = { disclose: "basic", mode: "online", check_code: false };
    this.whenSeen = () => document.visibilityState === "visible" && this.#overdue() && this.renew();
  }

  async begin() {
    document.addEventListener("visibilitychange", this.whenSeen);
    this.#watch = setInterval(() => this.#look(), LOOK_EVERY);
    await this.renew();
  }

  /** Show it differently from now on: the codes of before are withdrawn. */
  async choose(wish) {
    this.wish = { ...this.wish, ...wish };
    const before = [...this.#live.keys()];
    this.#live.clear();
    await this.renew();
    await Promise.allSettled(before.map((id) => this.#withdraw(id)));
  }

  async renew() {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    const round = ++this.#round;
    try {
      const token = await phone.post(`/v1/licences/${this.licence.id}/show-tokens`, this.#asked(), { key: newKey() });
      if (this.#ended || round !== this.#round) {
        await this.#withdraw(token.id);
        return;
      }
      const life = (Date.parse(token.expires_at) - Date.parse(token.issued_at)) / 1000;
      this.#live.set(token.id, performance.now() + life * 1000);
      this.#timer = setTimeout(() => this.#renewIfSeen(), token.refresh_after_seconds * 1000);
      setShown({ qr_text: token.qr_text, check_code: token.check_code, title: this.licence.title });
      this.hear.code(token, life);
    } catch (error) {
      if (round !== this.#round || this.#ended) return;
      this.hear.failed(error);
      if (!error.status) this.#timer = setTimeout(() => this.#renewIfSeen(), TRY_AGAIN_AFTER);
    }
  }

  /** Renew no more, but go on looking at what is live: somebody has just scanned it. */
  hold() {
    clearTimeout(this.#timer);
    this.#round++;
    setShown(null);
  }

  /** The screen is left: nothing of it stays usable. */
  async end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    document.removeEventListener("visibilitychange", this.whenSeen);
    setShown(null);
    if (phone.loggedIn) await Promise.allSettled([...this.#live.keys()].map((id) => this.#withdraw(id)));
  }

  #asked() {
    const { disclose, mode, check_code } = this.wish;
    // A code for places without network is got while there is one: it lives as long as the API lets it.
    return mode === "offline" ? { mode, lifetime_seconds: 300 } : { mode, disclose, check_code };
  }

  // A phone in a pocket shows nobody anything.
  #renewIfSeen() {
    if (document.visibilityState === "visible") this.renew();
  }

  #overdue() {
    return ![...this.#live.values()].some((ends) => ends > performance.now() + 5000);
  }

  async #look() {
    if (document.visibilityState !== "visible") return;
    for (const id of this.#live.keys()) {
      try {
        const view = await phone.poll(`/v1/show-tokens/${id}`);
        if (["used", "declined", "expired", "withdrawn"].includes(view.state)) this.#live.delete(id);
        if (!this.#ended) this.hear.state(view);
      } catch {
        // The next look is a second away.
      }
    }
  }

  #withdraw(id) {
    this.#live.delete(id);
    return phone.post(`/v1/show-tokens/${id}/withdraw`, {}, { key: newKey() }).catch(() => null);
  }
}

/** Keep the screen lit while a code is on it, where the browser can. Returns what lets it go. */
export async function stayAwake() {
  try {
    const lock = await navigator.wakeLock.request("screen");
    return () => lock.release();
  } catch {
    return null;
  }
}
