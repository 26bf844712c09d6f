// A signed receipt (compact JWS, ES256, typ lz-receipt), read and checked in the browser.

import { phone } from "./state.js";

const TYP = "lz-receipt";

/** Return {header, payload, genuine}. Only the type, the algorithm and a published key make it genuine. */
export async function readReceipt(jws) {
  const [head, body, signature] = jws.trim().split(".");
  const header = json(head);
  const { keys } = await phone.get("/.well-known/jwks.json");
  const jwk = keys.find(({ kid }) => kid === header.kid);
  const pinned = header.typ === TYP && header.alg === "ES256" && jwk;
  const genuine = Boolean(pinned) && (await verified(jwk, `${head}.${body}`, bytes(signature)));
  return { header, payload: json(body), genuine };
}

async function verified({ kty, crv, x, y }, text, signature) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, new TextEncoder().encode(text));
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const json = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));
