// The duties that were looked at last, readable without a connection. Kept are pages that say so (the header
// Lunzhi-Keep: /me, /me/duties/…, /me/check-in/…) without their forms and buttons, and the static files they are made of.
// With /me come the check-in pages that it names in data-ahead, those of the next duties: nobody has to open them first.
// All of it is thrown away when somebody signs out or in, when the pages ask to sign in, and when a page is another's.

const PAGES = "duties-1";
const FILES = "files-1";
const MOST_FILES = 60; // of all versions; a page needs about fifteen
const MINE = /^\/me(\/duties\/\d+|\/check-in\/\d+)?$/;
const CHECK_IN = /^\/me\/check-in\/\d+$/;
const FRESH_MS = 10 * 60_000; // a check-in page that was kept so lately is not asked for again
const DOORS = /^\/(signout$|signin\/)/;
const WRITING = /<form[\s\S]*?<\/form>|<!--online-->[\s\S]*?<!--\/online-->/g; // tokens stand in forms only
const NOTHING = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>离线 · Offline</title><h1>离线 · Offline</h1><p>这一页没有保存在手机上。 This page is not kept on the phone.</p>
<p><a href="/me">我的值班 · My duties</a></p>`;
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'";
const HTML = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": CSP };

let forgotten = 0; // how often: what was asked for before is not kept after
const langOf = (text) => text.match(/<html lang="([^"]*)"/)?.[1] ?? "";

function forget() {
  forgotten += 1;
  return caches.delete(PAGES);
}

async function keep(path, answer) {
  const whose = answer.headers.get("Lunzhi-Keep");
  if (answer.status !== 200 || !whose) return;
  const read = (await answer.text()).replace(WRITING, "").replace(/(data-kept[\w-]*) hidden/g, "$1");
  const pages = await caches.open(PAGES);
  const [first] = await pages.keys();
  const held = first && (await pages.match(first));
  if (held && held.headers.get("Lunzhi-Keep") !== whose) await forget();
  const headers = { ...HTML, "Lunzhi-Keep": whose, "Lunzhi-At": Date.now(), "Lunzhi-Lang": langOf(read) };
  await (await caches.open(PAGES)).put(path, new Response(read, { headers }));
  if (path === "/me") await keepAhead((read.match(/data-ahead="([^"]*)"/)?.[1] ?? "").split(" "), langOf(read));
}

// The check-in pages of the next duties, and no others.
async function keepAhead(ahead, lang) {
  const pages = await caches.open(PAGES);
  const isOther = (path) => CHECK_IN.test(path) && !ahead.includes(path);
  for (const one of await pages.keys()) if (isOther(new URL(one.url).pathname)) await pages.delete(one);
  for (const path of ahead.filter((one) => CHECK_IN.test(one))) {
    const held = await pages.match(path);
    const isFresh = held?.headers.get("Lunzhi-Lang") === lang && Date.now() - held.headers.get("Lunzhi-At") < FRESH_MS;
    if (!isFresh) await keepAsked(path).catch(() => {});
  }
}

async function page(request, path, event) {
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await (await caches.open(PAGES)).match(path)) || new Response(NOTHING, { status: 503, headers: HTML });
  }
  if (answer.type === "opaqueredirect") await forget(); // signed out elsewhere, or timed out: nothing is theirs any more
  else event.waitUntil(keep(path, answer.clone()));
  return answer;
}

async function file(request) {
  const files = await caches.open(FILES);
  const held = await files.match(request);
  if (held) return held;
  const answer = await fetch(request);
  if (answer.ok) {
    await files.put(request, answer.clone());
    const all = await files.keys();
    for (const old of all.slice(0, Math.max(0, all.length - MOST_FILES))) await files.delete(old);
  }
  return answer;
}

async function begin() {
  for (const name of await caches.keys()) if (name !== PAGES && name !== FILES) await caches.delete(name);
  await self.clients.claim();
}

async function keepAsked(path) {
  const before = forgotten;
  const answer = await fetch(path, { redirect: "manual" });
  const paths = (await answer.clone().text()).match(/\/static\/[^"#\s]+\?v=\w+/g) || [];
  await Promise.allSettled([...new Set(paths)].map((one) => file(new Request(one)))); // a page is of no use without them
  if (before === forgotten) await keep(path, answer);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("message", (event) => {
  if (MINE.test(event.data.keep)) event.waitUntil(keepAsked(event.data.keep).catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && DOORS.test(url.pathname)) event.respondWith(forget().then(() => fetch(request)));
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && MINE.test(url.pathname)) event.respondWith(page(request, url.pathname, event));
  else if (url.pathname.startsWith("/static/") && url.searchParams.has("v")) event.respondWith(file(request));
});
