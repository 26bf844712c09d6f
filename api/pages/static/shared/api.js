// A client of the public API. It knows an address and a language; tokens are passed in and kept nowhere.

const PATIENCE = 15000; // milliseconds

/** What the API answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  constructor(status, answer) {
    super(answer.detail ?? answer.title ?? String(status));
    this.status = status;
    this.code = answer.code ?? "unknown";
    this.title = answer.title ?? null;
    this.errors = answer.errors ?? null;
    this.requestId = answer.request_id ?? null;
  }
}

/** The network did not carry a request there and back. */
export class Unreachable extends Error {}

/**
 * Return `call(method, path, {body, token, key, etag, as, patience})`, which gives `{status, body, headers}`.
 *
 * `language` is a function, so that an answer comes in the language of the moment. `key` is an Idempotency-Key:
 * with one, a request that was not answered may be sent again. `as` is "json", "text" or "blob"; 304 gives a
 * body of null; `patience` is milliseconds. `onCall` hears of every call when it has ended, `clock` of the server's time.
 * Throws Problem and Unreachable.
 */
export function createClient({ language, onCall = () => {}, clock = null }) {
  return async function call(method, path, { body, token, key, etag, as = "json", patience = PATIENCE } = {}) {
    const headers = { "Accept-Language": language() === "en" ? "en" : "zh-CN" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    if (key) headers["Idempotency-Key"] = key;
    if (etag) headers["If-None-Match"] = etag;
    const heard = { method, path, sent: body ?? null, at: new Date(), status: null, answer: null };
    const begun = performance.now();
    try {
      const request = { method, headers, body: body && JSON.stringify(body), cache: "no-store" };
      const response = await sent(path, request, patience);
      heard.status = response.status;
      heard.answer = await read(response, as);
      if (heard.answer?.server_time) clock?.hear(heard.answer.server_time);
      if (!response.ok && response.status !== 304) throw new Problem(response.status, heard.answer ?? {});
      return { status: response.status, body: heard.answer, headers: response.headers };
    } finally {
      heard.milliseconds = Math.round(performance.now() - begun);
      onCall(heard);
    }
  };
}

/** Return a key for a request that must not do its work twice. */
export const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].join("-");

async function sent(path, request, patience) {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), patience);
  try {
    return await fetch(path, { ...request, signal: ending.signal });
  } catch (error) {
    throw new Unreachable(error.message);
  } finally {
    clearTimeout(timer);
  }
}

async function read(response, as) {
  if (response.status === 304 || response.status === 204) return null;
  try {
    if (!response.ok || as === "json") return await response.json();
    return as === "blob" ? await response.blob() : await response.text();
  } catch (error) {
    if (!response.ok) return {}; // a proxy's page, not ours
    throw new Unreachable(error.message);
  }
}
