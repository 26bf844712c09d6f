// Carrying a pack, and bringing in what was scanned without a network.

import { newKey, Problem, Unreachable } from "../../shared/api.js";
import { decide } from "./decide.js";
import { Untrusted } from "./jws.js";
import { PackUnusable, readPack } from "./pack.js";
import { openToken } from "./token.js";

const RENEW = 10 * 60 * 1000; // milliseconds
const MOST_AT_ONCE = 100;

/** Return what judges scans without a network: over a store, a session, and the server's clock. */
export function createCarrier({ store, session, clock, onPack = () => {} }) {
  let pack = null;
  let bringing = null;

  const seconds = () => Date.now() / 1000;

  const recall = async () => {
    pack = await store.kept("pack");
    if (pack) clock.recall(pack.clockOffset * 1000);
    await store.tidy(clock.now() / 1000);
    onPack(pack);
  };

  const take = async (since) => {
    const { body: jwks } = await session.send("GET", "/.well-known/jwks.json");
    const path = since ? `/v1/offline-pack?since=${since.version}` : "/v1/offline-pack";
    const { body } = await session.send("GET", path, { as: "text" });
    const fresh = await readPack(body, jwks.keys, since);
    // The signed time: a device's own clock may be wrong, or be set back.
    pack = { ...fresh, clockOffset: fresh.issuedAt - seconds() };
    clock.recall(pack.clockOffset * 1000);
    await store.keep("pack", pack);
    onPack(pack);
  };

  const renew = async () => {
    const mine = pack?.organisation === session.staff()?.organisation.code ? pack : null;
    try {
      await take(mine);
    } catch (error) {
      if (mine && (error instanceof PackUnusable || error instanceof Untrusted)) await take(null);
      else throw error;
    }
  };

  const judge = async (text) => {
    const found = await decide(text, pack, {
      deviceNow: seconds(),
      clockOffset: pack.clockOffset,
      seen: store.hasSeen,
    });
    // Two windows of one device: the store decides which of them was first.
    if (found.outcome === "accepted" && !(await store.markSeen(found.claims.jti, found.claims.exp))) {
      return { ...found, outcome: "rejected", reason: "used", signal: "red" };
    }
    return found;
  };

  const note = (text, at) => {
    const scannedAt = new Date(Math.floor(at / 1000) * 1000).toISOString().replace(".000", "");
    return store.addScan({ text, scannedAt }, pack.organisation, Math.floor(at / 1000));
  };

  /** Bring scans in; gives `[{id, text, …what became of it}]`. One run at a time. */
  const bringIn = () => {
    bringing ??= bring().finally(() => {
      bringing = null;
    });
    return bringing;
  };

  const bring = async () => {
    const done = [];
    const scans = await store.scansOf(session.staff().organisation.code);
    for (let first = 0; first < scans.length; first += MOST_AT_ONCE) {
      const batch = scans.slice(first, first + MOST_AT_ONCE);
      const items = batch.map(({ text, scannedAt }) => ({ qr_text: text, scanned_at: scannedAt }));
      const { body } = await session.send("POST", "/v1/verifications/offline-batch", { body: { items }, key: newKey() });
      for (const [place, scan] of batch.entries()) {
        await store.dropScan(scan.id);
        done.push({ ...scan, ...body.items[place] });
      }
    }
    return done;
  };

  setInterval(() => {
    if (!session.isOpen()) return;
    renew().catch((error) => {
      // The next turn tries again; until then there is the pack from before.
      if (!(error instanceof Unreachable || error instanceof Problem)) console.warn(error.message);
    });
  }, RENEW);

  return {
    recall,
    renew,
    judge,
    note,
    bringIn,
    waiting: () => store.countScans(),
    /** Remember a code that the server accepted: shown again in a cellar, it was used. */
    noteAccepted: async (token) => {
      if (!pack) return;
      const { jti, exp } = await openToken(token, pack.keys).catch(() => ({}));
      if (jti) await store.markSeen(jti, exp);
    },
    pack: () => pack,
  };
}
