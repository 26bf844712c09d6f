// What a scan without a network comes to. The twin of wallet/showing/offline/offline_decision.py, held to the
// same table of vectors. Times are seconds since 1970; a device goes by the server's time, not by its own.

import { Untrusted } from "./jws.js";
import { status } from "./lists.js";
import { lifetimeFault, openToken } from "./token.js";

const LEEWAY = 60;
const CHINA = 8 * 3600;
const VALID = 0;
const SUSPENDED = 2;

/**
 * Judge a scanned token; `seen(jti)` tells, now or later, whether this device accepted that code before.
 *
 * Gives `{outcome, reason, freshness, signal, claims}`.
 */
export async function decide(unverified, pack, { deviceNow, clockOffset, seen = () => false }) {
  const now = deviceNow + clockOffset;
  let claims;
  try {
    claims = await openToken(unverified, pack.keys);
  } catch (error) {
    if (!(error instanceof Untrusted)) throw error;
    return decision(error.reason, "unknown", null);
  }
  const listed = Object.hasOwn(pack.lists, claims.list) ? status(pack.lists[claims.list], claims.place) : null;
  const freshness = listed === null ? "unknown" : freshnessOf(pack, now);
  const reason =
    lifetimeFault(claims, now) ??
    ((await seen(claims.jti)) ? "used" : null) ??
    (Object.hasOwn(pack.kinds, claims.kind) ? null : "not_permitted") ??
    licenceFault(claims, listed, now);
  return decision(reason, freshness, claims);
}

function decision(reason, freshness, claims) {
  const outcome = reason ? "rejected" : "accepted";
  const signal = reason ? "red" : freshness === "fresh" ? "green" : "amber";
  return { outcome, reason, freshness, signal, claims };
}

function freshnessOf(pack, now) {
  const age = now - pack.issuedAt;
  // A pack from the future, or one that its issuer stands by no more.
  if (age < -LEEWAY || now >= pack.expiresAt) return "unknown";
  return age <= pack.maxAge ? "fresh" : "stale";
}

function licenceFault(claims, listed, now) {
  const today = new Date((now + CHINA) * 1000).toISOString().slice(0, 10);
  if (claims.validTo !== null && today > claims.validTo) return "licence_expired";
  if (listed === null || listed === VALID) return null;
  return listed === SUSPENDED ? "licence_suspended" : "licence_revoked";
}
