/** The built page's service worker. `offlinePage.mjs` fills in the list and its version. */

/** @typedef {Event & { request: Request, waitUntil(until: Promise<unknown>): void, respondWith(answer: Promise<Response>): void }} WorkerEvent */
const worker =
  /** @type {{ registration: { scope: string }, location: Location, addEventListener(kind: string, listen: (event: WorkerEvent) => void): void }} */ (
    /** @type {unknown} */ (self)
  );

const PREFIX = `fixres-studio ${worker.registration.scope} `;
const CACHE = `${PREFIX}VERSION`;
/** @type {string[]} */
const FILES = ['FILES'];
/** What a request says of itself besides its address changes no answer. */
const ANY = { ignoreSearch: true, ignoreVary: true };

worker.addEventListener('install', (event) => event.waitUntil(keepAll()));
worker.addEventListener('activate', (event) => event.waitUntil(dropOthers()));
worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method !== 'GET' || new URL(url).origin !== worker.location.origin) return;
  event.respondWith(url.includes('/assets/') ? kept(event.request) : fresh(event.request));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
}

async function dropOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/**
 * What has a hash in its name is the same for good.
 * @param {Request} request
 */
async function kept(request) {
  return (await caches.match(request, ANY)) ?? fetched(request);
}

/**
 * The page itself is asked for anew, and is as it was where nobody answers.
 * @param {Request} request
 */
async function fresh(request) {
  try {
    return await fetched(request);
  } catch (error) {
    const before = await caches.match(request, ANY);
    if (before) return before;
    throw error;
  }
}

/** @param {Request} request */
async function fetched(request) {
  const response = await fetch(request);
  if (response.status === 200) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}
