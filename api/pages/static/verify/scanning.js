// From a text that was read to a result: by the server where there is a network, by the pack where there is none.

import { newKey, Problem, Unreachable } from "../shared/api.js";
import { unverifiedTyp } from "./offline/jws.js";
import { TYP } from "./offline/token.js";

const PATIENCE = 6000; // milliseconds: a person is waiting, and an offline code can be judged here
const POLL = 1200; // milliseconds
const LONGEST_WAIT = 75; // seconds: the holder has 60
const STALE = { fresh: "accepted", stale: "accepted_stale", unknown: "accepted_stale" };

/** Return `scan(text)` and `checkCode(code)`, which tell `show(answer)` of what they come to. */
export function createScanning({ session, network, carrier, clock, words, advice, purpose, show, tell }) {
  const { say } = words;
  let running = null;

  const once = async (name, work) => {
    // The trigger pulled twice, or a code still in sight.
    if (running === name) return;
    while (running) await new Promise((go) => setTimeout(go, 50));
    running = name;
    try {
      await work();
    } finally {
      running = null;
    }
  };

  const scan = (unverified) => {
    const text = unverified.trim();
    if (!text) return Promise.resolve();
    session.liven();
    return once(text, () => judge(text));
  };

  const judge = async (text) => {
    const token = text.slice(1 + Math.max(...["/", "=", "?", "#"].map((mark) => text.lastIndexOf(mark))));
    const isOffline = unverifiedTyp(token) === TYP;
    if (network.isThere() && session.isOpen()) {
      tell("checking");
      try {
        const answer = await ask({ qr_text: text });
        if (isOffline && answer.outcome === "accepted") await carrier.noteAccepted(token);
        return answered(answer);
      } catch (error) {
        if (!(error instanceof Unreachable)) return refused(error);
        network.lost();
      }
    }
    if (unverifiedTyp(token) === "lz") return show(local("amber", say("needsNetwork"), say("needsNetworkNext")));
    return judgeHere(token);
  };

  const judgeHere = async (token) => {
    if (!carrier.pack()) return show(local("amber", say("noPack"), say("noPackNext")));
    const found = await carrier.judge(token);
    const told = advice(found.reason ?? STALE[found.freshness]);
    const next = found.reason ? told.next_action : say("offlineAccepted");
    const at = clock.now();
    const id = unverifiedTyp(token) === TYP ? await carrier.note(token, at) : null;
    const answer = local(found.signal, told.message, next, found);
    if (id !== null) answer.id = `local-${id}`;
    answer.sent = id === null ? null : "tagLater";
    return show(answer);
  };

  const checkCode = (code) =>
    once(code, async () => {
      session.liven();
      const none = () => show(local("amber", say("codeNeedsNetwork"), say("needsNetworkNext")));
      if (!network.isThere() || !session.isOpen()) return none();
      tell("checking");
      try {
        return answered(await ask({ check_code: code }));
      } catch (error) {
        if (!(error instanceof Unreachable)) return refused(error);
        network.lost();
        return none();
      }
    });

  /** Ask the server, twice if need be: with its key a scan that was not answered is not done again. */
  const ask = async (what) => {
    const options = { body: { ...what, purpose: purpose() }, key: newKey(), patience: PATIENCE };
    try {
      return (await session.send("POST", "/v1/verifications", options)).body;
    } catch (error) {
      if (!(error instanceof Unreachable) || !navigator.onLine) throw error;
      return (await session.send("POST", "/v1/verifications", options)).body;
    }
  };

  const answered = (answer) => {
    network.found();
    show(answer);
    if (answer.outcome === "pending") wait(answer.id);
    else if (answer.outcome === "accepted") fetchPhoto(answer);
  };

  const wait = async (id) => {
    const until = Date.now() + LONGEST_WAIT * 1000;
    let etag = null;
    while (session.isOpen() && Date.now() < until) {
      await new Promise((go) => setTimeout(go, POLL));
      if (!network.isThere()) continue;
      try {
        const { body, headers } = await session.send("GET", `/v1/verifications/${id}`, { etag });
        etag = headers.get("ETag");
        if (!body || body.outcome === "pending") continue;
        show(body, { isLater: true });
        if (body.outcome === "accepted") fetchPhoto(body);
        return;
      } catch (error) {
        if (error instanceof Problem) return;
        network.lost();
      }
    }
  };

  const fetchPhoto = async ({ id, licence }) => {
    const field = licence?.fields.find(({ type, value }) => type === "image" && value);
    if (!field) return;
    try {
      const { body } = await session.send("GET", field.value, { as: "blob" });
      show.photo(id, body);
    } catch {
      // The words stand without it.
    }
  };

  const reopen = async (id) => {
    try {
      const { body } = await session.send("GET", `/v1/verifications/${id}`);
      show(body);
      if (body.outcome === "accepted") fetchPhoto(body);
    } catch (error) {
      refused(error);
    }
  };

  const refused = (error) => {
    if (!session.isOpen()) return null; // the login page says why
    const isProblem = error instanceof Problem;
    const message = (isProblem && error.title) || say("failed");
    return show(local("amber", message, isProblem ? error.message : say("failedNext"), { isUnclear: true }));
  };

  /** Return what a scan came to without the server, in the shape of the server's answers. */
  const local = (signal, message, next, found = {}) => ({
    id: `local-${newKey()}`,
    offline: !found.isUnclear && !network.isThere(),
    outcome: found.outcome ?? "unclear",
    signal,
    reason: found.reason ?? null,
    used_here: found.reason === "used",
    message,
    next_action: next,
    licence: seenLicence(found, carrier.pack(), say),
    holder: found.outcome === "accepted" ? { name_masked: found.claims.name } : null,
    freshness: found.freshness ?? "none",
    as_of: found.claims ? new Date(carrier.pack().issuedAt * 1000).toISOString() : null,
    verified_at: clock.now().toISOString(),
  });

  return { scan, checkCode, reopen };
}

/** Tell what the server would: of what is rejected only a licence's own fault says whose kind it is. */
function seenLicence({ outcome, reason, claims }, pack, say) {
  if (!claims || (outcome !== "accepted" && !reason?.startsWith("licence_"))) return null;
  const fields = [
    { key: "number", label: say("numberMasked"), value: claims.number },
    { key: "valid_to", label: say("validTo"), value: claims.validTo ?? say("forever") },
  ];
  return { title: pack.kinds[claims.kind], fields: outcome === "accepted" ? fields : [] };
}
