// A call in words that a terminal understands, and bodies as people read them.

const SHORTENED = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g;

/** Shorten every token (JWS) in a text: its beginning tells what it is, its end which one. */
export const shorten = (text) => text.replace(SHORTENED, (token) => `${token.slice(0, 8)}…${token.slice(-6)}`);

/** Return a body as text: JSON indented, a picture by its size. */
export function bodyText(body) {
  if (body === null || body === undefined) return "";
  if (body instanceof Blob) return `(${body.type}, ${body.size} bytes)`;
  if (typeof body === "string") return body.startsWith("<?xml") ? `${body.slice(0, 160)}…\n(SVG, ${body.length} characters)` : body;
  return JSON.stringify(body, null, 2);
}

/** Return the call as curl. The token stands as a variable: what is copied may be pasted anywhere. */
export function curl(call) {
  const lines = [`curl -sS ${call.method === "POST" ? "-X POST " : ""}'${location.origin}${call.path}'`];
  if (call.withToken) lines.push(`-H "Authorization: Bearer $${call.actor === "staff" ? "STAFF_TOKEN" : "TOKEN"}"`);
  if (call.sent !== null) {
    lines.push("-H 'Content-Type: application/json'");
    lines.push(`-d '${JSON.stringify(call.sent).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(" \\\n  ");
}

const PIECES = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?\b/g;

/** Return the text as nodes, each kind of JSON value in its colour. */
export function coloured(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(PIECES)) {
    nodes.push(text.slice(at, match.index));
    const [whole, string, colon] = match;
    const kind = colon ? "key" : string ? "string" : "value";
    const span = document.createElement("span");
    span.className = `json-${kind}`;
    span.textContent = string ?? whole;
    nodes.push(span, colon ?? "");
    at = match.index + whole.length;
  }
  return [...nodes, text.slice(at)];
}
