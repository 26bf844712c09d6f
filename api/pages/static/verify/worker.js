// Keeps the scanner at hand without a network. It keeps the page and its files and nothing else: what the API
// answers passes by. The server puts SHELL above this, the version and the files, so that new files are a new worker.

const CACHE = `lz-verify-${SHELL.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL.files.map((file) => new Request(file, { cache: "no-cache" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => isOlder(name)).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || !SHELL.files.includes(pathname)) return;
  // ?lang= is the page's own affair: its words are in its files.
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(pathname, { ignoreVary: true }))
      .then((kept) => kept ?? fetch(event.request)),
  );
});

const isOlder = (name) => name.startsWith("lz-verify-") && name !== CACHE;
