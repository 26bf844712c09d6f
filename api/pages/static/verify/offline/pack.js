// Reading an offline pack (typ lz-pack): everything is proved, bounded, and put on what was there before.

import { importKeys, openCompact, Untrusted } from "./jws.js";
import { changed, unpack } from "./lists.js";
import { readInstant } from "./token.js";

const NAMES = ["iat", "exp", "server_time", "max_age_seconds", "version", "organisation", "kinds", "keys", "lists"];
const LIST_NAMES = ["sub", "iat", "exp", "ttl", "status_list"];
const MOST_CHARACTERS = 64 * 2 ** 20;
const MOST_LIST_CHARACTERS = 4 * 2 ** 20;

/** A pack is genuine and can't be used: its deltas are of lists that this device doesn't have. */
export class PackUnusable extends Error {}

/**
 * Open a pack with the published keys (a JWK set); `before` is what its deltas are put on.
 *
 * Gives `{version, issuedAt, expiresAt, maxAge, organisation, kinds, jwks, keys, lists}`, which IndexedDB can hold.
 * Throws Untrusted and PackUnusable.
 */
export async function readPack(unverified, jwks, before = null) {
  const said = await openCompact(unverified, await importKeys(jwks), {
    typ: "lz-pack",
    names: NAMES,
    mostCharacters: MOST_CHARACTERS,
    read: (payload) => payload,
  });
  try {
    const keys = await importKeys(said.keys);
    const lists = {};
    for (const entry of said.lists) lists[entry.id] = await readList(entry, keys, before);
    return {
      version: String(said.version),
      issuedAt: readInstant(said.iat),
      expiresAt: readInstant(said.exp),
      maxAge: readInstant(said.max_age_seconds),
      organisation: String(said.organisation),
      kinds: Object.fromEntries(said.kinds.map(({ code, title }) => [code, title])),
      keys,
      lists,
    };
  } catch (error) {
    if (error instanceof PackUnusable) throw error;
    throw new Untrusted("malformed");
  }
}

async function readList(entry, keys, before) {
  const version = readInstant(entry.version);
  if (entry.jwt) return { version, ...(await openList(entry, keys)) };
  const known = before?.lists[entry.id];
  if (!known || known.version < entry.delta.from) throw new PackUnusable(entry.id);
  return { version, ...changed(known, entry.delta.entries) };
}

function openList({ id, jwt }, keys) {
  let list = null;
  return openCompact(jwt, keys, {
    typ: "statuslist+jwt",
    names: LIST_NAMES,
    mostCharacters: MOST_LIST_CHARACTERS,
    read: (payload) => {
      if (payload.sub !== `/v1/status-lists/${id}`) throw new Untrusted("malformed");
      list = payload.status_list;
    },
  }).then(() => unpack(list.lst, list.bits));
}
