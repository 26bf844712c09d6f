// What a device keeps from one visit to the next: the pack, which codes it accepted, and scans to bring in.
// Nothing of a person stands in the clear: a code is kept as its digest, a scan is sealed with a key that can be
// used here and not taken away.

const NAME = "lz-verify";
const AES = "AES-GCM";
const NONCE_BYTES = 12;
const DAY = 86400; // seconds: what is brought in later the server refuses

/** Open the store. Rejects where the browser keeps nothing, as in some private windows. */
export async function openStore() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    const database = opening.result;
    database.createObjectStore("kept");
    database.createObjectStore("seen");
    database.createObjectStore("scans", { autoIncrement: true });
  };
  const database = await answered(opening);
  const act = (name, mode, work) => answered(work(database.transaction(name, mode).objectStore(name)));
  return {
    keep: (name, value) => act("kept", "readwrite", (kept) => kept.put(value, name)),
    kept: async (name) => (await act("kept", "readonly", (kept) => kept.get(name))) ?? null,
    drop: (name) => act("kept", "readwrite", (kept) => kept.delete(name)),
    hasSeen: async (jti) => {
      const place = await digest(jti);
      return (await act("seen", "readonly", (seen) => seen.count(place))) > 0;
    },
    /** Note that a code was accepted; false when another scan on this device was first. */
    markSeen: async (jti, expires) => {
      const place = await digest(jti);
      try {
        await act("seen", "readwrite", (seen) => seen.add(expires, place));
        return true;
      } catch (error) {
        if (error.name === "ConstraintError") return false;
        throw error;
      }
    },
    /** Seal a scan `{text, scannedAt}` until the network is back; `organisation` is who may bring it in. */
    addScan: async (scan, organisation, now) => {
      const key = await sealingKey(act);
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const plain = new TextEncoder().encode(JSON.stringify(scan));
      const sealed = await crypto.subtle.encrypt({ name: AES, iv: nonce }, key, plain);
      return act("scans", "readwrite", (scans) => scans.add({ nonce, sealed, organisation, at: now }));
    },
    /** Return the scans of an organisation as `{id, text, scannedAt}`, the oldest first. */
    scansOf: async (organisation) => {
      const key = await sealingKey(act);
      const found = [];
      for (const [id, row] of await rows(database, "scans")) {
        if (row.organisation !== organisation) continue;
        const plain = await crypto.subtle.decrypt({ name: AES, iv: row.nonce }, key, row.sealed);
        found.push({ id, ...JSON.parse(new TextDecoder().decode(plain)) });
      }
      return found;
    },
    countScans: () => act("scans", "readonly", (scans) => scans.count()),
    dropScan: (id) => act("scans", "readwrite", (scans) => scans.delete(id)),
    /** Forget codes that have long expired, and scans that are too old to be brought in. */
    tidy: async (now) => {
      for (const [place, expires] of await rows(database, "seen")) {
        if (expires + DAY < now) await act("seen", "readwrite", (seen) => seen.delete(place));
      }
      for (const [id, row] of await rows(database, "scans")) {
        if (row.at + DAY < now) await act("scans", "readwrite", (scans) => scans.delete(id));
      }
    },
  };
}

async function sealingKey(act) {
  const kept = await act("kept", "readonly", (place) => place.get("sealing-key"));
  if (kept) return kept;
  const fresh = await crypto.subtle.generateKey({ name: AES, length: 256 }, false, ["encrypt", "decrypt"]);
  try {
    await act("kept", "readwrite", (place) => place.add(fresh, "sealing-key"));
    return fresh;
  } catch {
    return act("kept", "readonly", (place) => place.get("sealing-key")); // another tab was first
  }
}

async function rows(database, name) {
  const store = database.transaction(name, "readonly").objectStore(name);
  const [keys, values] = await Promise.all([answered(store.getAllKeys()), answered(store.getAll())]);
  return keys.map((key, place) => [key, values[place]]);
}

async function digest(jti) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(jti));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error);
    };
  });
}
