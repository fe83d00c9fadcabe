// Keeps the public pages that were read, for offline reading. Served as /service-worker.js where the site
// settings say so; where they no longer do, that URL answers with a worker that removes this one and what it cached.
//
// With a network, pages always come from the server: nothing cached is shown while something newer can be had. Only
// pages that the server calls public are cached; those contain nothing personal (docs/page-cache.md). The API, the admin,
// accounts, forms and websockets do not pass through here.

const VERSION = 1; // of the format of the caches: those of other versions are deleted
const PAGES = `frodo-pages-${VERSION}`;
const FILES = `frodo-files-${VERSION}`;
const OFFLINE = "/offline/";
const MAX_ENTRIES = { [PAGES]: 100, [FILES]: 400 };

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(cacheOfflinePage());
});

self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (/^\/(?:static|media|appearance|theme)\//.test(url.pathname)) event.respondWith(file(event));
});

async function cacheOfflinePage() {
  const response = await fetch(OFFLINE, { cache: "reload" });
  const html = await response.clone().text();
  await put(PAGES, OFFLINE, response);
  const files = [...html.matchAll(/(?:href|src)="(\/(?:static|appearance|theme)\/[^"]+\.(?:css|js|svg))"/g)];
  await Promise.all(files.map(async ([, path]) => put(FILES, path, await fetch(path))));
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("frodo-") && !(name in MAX_ENTRIES)) await caches.delete(name);
  }
  await self.registration.navigationPreload?.enable(); // the page is asked for while this script starts
  await self.clients.claim();
}

async function page(event) {
  const { request } = event;
  const url = request.url.split("#")[0];
  try {
    const response = (await event.preloadResponse) ?? (await fetch(request));
    event.waitUntil(isPublic(response) ? put(PAGES, url, response.clone()) : removeIfGone(url, response));
    return response;
  } catch {
    const cached = (await find(PAGES, url)) ?? (await find(PAGES, OFFLINE));
    return cached ?? Response.error();
  }
}

// A file whose name changes with its content is never out of date.
async function file(event) {
  const { request } = event;
  const cached = await find(FILES, request.url);
  if (cached && /immutable/.test(cached.headers.get("Cache-Control"))) return cached;
  try {
    const response = await fetch(request);
    if (response.status === 200 && response.type === "basic") event.waitUntil(put(FILES, request.url, response.clone()));
    return response;
  } catch {
    return cached ?? Response.error();
  }
}

function isPublic(response) {
  const control = response.headers.get("Cache-Control") ?? "";
  return response.status === 200 && response.type === "basic" && /\bpublic\b/.test(control) && !/no-store|private/.test(control)
    && /^text\/html/.test(response.headers.get("Content-Type"));
}

// Pages that were deleted or hidden are removed from the cache; a page that asks for a password has status 200.
async function removeIfGone(url, response) {
  if ([200, 401, 403, 404, 410].includes(response.status)) await (await caches.open(PAGES)).delete(url, { ignoreVary: true });
}

async function put(name, url, response) {
  const cache = await caches.open(name);
  await cache.delete(url, { ignoreVary: true }); // one copy, and the newest at the end
  await cache.put(url, response);
  const urls = (await cache.keys()).filter((each) => !each.url.endsWith(OFFLINE));
  for (const old of urls.slice(0, Math.max(0, urls.length - MAX_ENTRIES[name]))) await cache.delete(old, { ignoreVary: true });
}

// The language is part of `Vary`; without a network a page in the other one is better than none.
async function find(name, url) {
  return (await caches.open(name)).match(url, { ignoreVary: true });
}
