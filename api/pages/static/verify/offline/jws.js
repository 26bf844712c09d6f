// Opening a compact ES256 JWS (RFC 7515 §7.1) that somebody hands us, exactly as the server does: size, form,
// key and signature, in this order; the algorithm pinned, and no header but the one that is written here.

const ES256 = { name: "ECDSA", namedCurve: "P-256" };
const SIGNED = { name: "ECDSA", hash: "SHA-256" };
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/;
const KID = /^[A-Za-z0-9]{1,4}$/;
const HEADER = ["alg", "kid", "typ"];
const TOKENS = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|[{}[\],:]/g;

/** A token is not one of ours: `reason` is malformed, unknown_key or bad_signature. */
export class Untrusted extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Import a JWK set (RFC 7517); return a Map of its P-256 keys by kid. */
export async function importKeys(jwks) {
  const keys = new Map();
  for (const { kty, crv, x, y, kid } of jwks) {
    if (kty !== "EC" || crv !== "P-256") continue;
    keys.set(kid, await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ES256, true, ["verify"]));
  }
  return keys;
}

/**
 * Return what `read` makes of a genuine token's payload, which has exactly the members `names`.
 *
 * Throws Untrusted; so does `read`, with malformed, for values that the server would not write.
 */
export async function openCompact(unverified, keys, { typ, names, mostCharacters, read }) {
  if (unverified.length > mostCharacters || !COMPACT.test(unverified)) throw new Untrusted("malformed");
  const [header, payload, signature] = unverified.split(".");
  const { alg, kid, typ: said } = decodeObject(header, HEADER);
  if (typeof kid !== "string" || !KID.test(kid) || alg !== "ES256" || said !== typ) throw new Untrusted("malformed");
  const claims = read(decodeObject(payload, names));
  const key = keys.get(kid);
  if (!key) throw new Untrusted("unknown_key");
  const signed = new TextEncoder().encode(`${header}.${payload}`);
  const proof = decodeSegment(signature);
  if (!(await crypto.subtle.verify(SIGNED, key, proof, signed))) throw new Untrusted("bad_signature");
  return claims;
}

/** Return what a token says it is; null when it says nothing that could be read. */
export function unverifiedTyp(unverified) {
  try {
    const { typ } = decodeObject(unverified.split(".")[0], HEADER);
    return COMPACT.test(unverified) && typeof typ === "string" ? typ : null;
  } catch {
    return null;
  }
}

/** Return bytes out of base64url, of which only one spelling is ours. Throws Untrusted. */
export function decodeSegment(segment) {
  try {
    const text = atob(segment.replace(/-/g, "+").replace(/_/g, "/"));
    if (encodeSegment(text) !== segment) throw new Untrusted("malformed");
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    throw new Untrusted("malformed");
  }
}

function encodeSegment(text) {
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function decodeObject(segment, names) {
  let text;
  let value;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(decodeSegment(segment));
    value = JSON.parse(text);
  } catch {
    throw new Untrusted("malformed");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Untrusted("malformed");
  const has = Object.keys(value);
  if (has.length !== names.length || !names.every((name) => has.includes(name))) throw new Untrusted("malformed");
  requireUnambiguous(text);
  return value;
}

/** JSON.parse takes the last of a key given twice, and 1.0 for 1; neither stands in a token of ours. */
function requireUnambiguous(text) {
  const open = [];
  let before = "";
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token[0] === '"' && open.at(-1) && (before === "{" || before === ",")) {
      const name = JSON.parse(token);
      if (open.at(-1).has(name)) throw new Untrusted("malformed");
      open.at(-1).add(name);
    } else if (/^-?[0-9]/.test(token) && !/^-?[0-9]+$/.test(token)) throw new Untrusted("malformed");
    before = token;
  }
}
