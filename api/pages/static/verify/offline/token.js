// Offline tokens (typ lz-off): what they say, and whether their time is now. Times are seconds since 1970.

import { openCompact, Untrusted } from "./jws.js";

export const TYP = "lz-off";
const MOST_CHARACTERS = 367;
const NAMES = ["jti", "exp", "iat", "k", "n", "no", "vt", "sl"];
const LEEWAY = 60;
const LONGEST_LIFE = 300;
const LATEST = 4102444800;
const LAST_PLACE = 2 ** 31 - 1;
const MOST_TEXT = 64;

const JTI = /^[A-Za-z0-9_-]{22}$/;
const KIND = /^[A-Z][A-Z0-9_]{0,31}$/;
const LIST = /^[A-Za-z0-9]{1,8}$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
// What can't be printed: control and format characters, and spaces other than the plain one.
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/u;

/** Return the claims of a genuine offline token, whatever the time. Throws Untrusted. */
export function openToken(unverified, keys) {
  return openCompact(unverified, keys, { typ: TYP, names: NAMES, mostCharacters: MOST_CHARACTERS, read });
}

/** Judge a genuine token's time; at its exp it is expired. */
export function lifetimeFault(claims, now) {
  if (claims.iat - now > LEEWAY || claims.exp - now > LONGEST_LIFE + LEEWAY) return "not_yet_valid";
  return claims.exp <= now ? "expired" : null;
}

/** Return a NumericDate in whole seconds. Throws Untrusted. */
export function readInstant(value) {
  if (!Number.isInteger(value) || value < 0 || value > LATEST) throw new Untrusted("malformed");
  return value;
}

function read({ jti, exp, iat, k, n, no, vt, sl }) {
  if (!Array.isArray(sl) || sl.length !== 2) throw new Untrusted("malformed");
  const [list, place] = sl;
  if (!Number.isInteger(place) || place < 0 || place > LAST_PLACE) throw new Untrusted("malformed");
  return {
    jti: matching(JTI, jti),
    iat: readInstant(iat),
    exp: readInstant(exp),
    kind: matching(KIND, k),
    name: printable(n),
    number: printable(no),
    validTo: vt === null ? null : day(vt),
    list: matching(LIST, list),
    place,
  };
}

function matching(form, value) {
  if (typeof value !== "string" || !form.test(value)) throw new Untrusted("malformed");
  return value;
}

function printable(value) {
  const characters = typeof value === "string" ? [...value].length : 0;
  if (characters < 1 || characters > MOST_TEXT || UNPRINTABLE.test(value)) throw new Untrusted("malformed");
  return value;
}

function day(value) {
  const midnight = new Date(`${matching(DAY, value)}T00:00:00Z`);
  // 2026-02-30 would become the second of March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== value || value < "0001") {
    throw new Untrusted("malformed");
  }
  return value;
}
