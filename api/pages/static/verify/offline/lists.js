// Status lists (IETF draft-ietf-oauth-status-list §4): entry 0 in the lowest bits of the first byte.

import { decodeSegment, Untrusted } from "./jws.js";

const WIDTHS = [1, 2, 4, 8];
const MOST_BYTES = 2 ** 20;
const MOST_CHARACTERS = 2 * MOST_BYTES;

/** Return the list `{bits, data}` that an `lst` holds, unpacked. Throws Untrusted. */
export async function unpack(lst, bits) {
  if (!WIDTHS.includes(bits) || typeof lst !== "string" || lst.length > MOST_CHARACTERS) throw new Untrusted("malformed");
  const packed = decodeSegment(lst);
  try {
    return { bits, data: await inflated(packed) };
  } catch {
    throw new Untrusted("malformed");
  }
}

/** Return how many entries there are. */
export const size = ({ bits, data }) => (data.length * 8) / bits;

/** Return an entry, null behind the list's end. */
export function status(list, place) {
  if (place < 0 || place >= size(list)) return null;
  const bit = place * list.bits;
  return (list.data[Math.floor(bit / 8)] >> bit % 8) & ((1 << list.bits) - 1);
}

/** Return a list with some entries `[[place, status]]` as they are now. Throws Untrusted. */
export function changed(list, entries) {
  const data = list.data.slice();
  for (const [place, now] of entries) {
    if (status(list, place) === null) throw new Untrusted("malformed");
    const bit = place * list.bits;
    const mask = ((1 << list.bits) - 1) << bit % 8;
    data[Math.floor(bit / 8)] = (data[Math.floor(bit / 8)] & ~mask) | (now << bit % 8);
  }
  return { bits: list.bits, data };
}

async function inflated(packed) {
  const chunks = [];
  let length = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    // What unpacks to more is none of ours.
    if (length > MOST_BYTES) throw new Error("too large");
    chunks.push(value);
  }
  if (!length) throw new Error("empty");
  const data = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    data.set(chunk, at);
    at += chunk.length;
  }
  return data;
}
