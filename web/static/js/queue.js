// Check-ins that wait for a network: kept on the phone and sent from whichever page is open once there is one, told as
// seconds ago, so that a clock that is set wrong does no harm. Only the person who typed it sends it. What the server
// answered is shown until it was seen. js/checkin.js hands over what was typed and shows the answer on its own page.

const KEY = "lunzhi check-ins";
const ANSWERS = "lunzhi check-ins answered";
const AGAIN_MS = 20_000;
const AGO_MOST_S = 2 * 24 * 3600; // the server looks no further back: the day is over long before

const own = document.body.dataset.person;
const shown = document.querySelector("[data-queue]");

const read = (key) => JSON.parse(localStorage.getItem(key) ?? "[]");
const write = (key, all) => localStorage.setItem(key, JSON.stringify(all));
const mine = (key) => read(key).filter((one) => one.person === own);
// What tells this entry from any other: sent again by a page that heard no answer, it is still one. (randomUUID is
// only there over https.)
const name = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));

function drop(key, entry) {
  write(key, read(key).filter((one) => one.path !== entry.path || one.at !== entry.at));
}

function row(kind, entry, why) {
  const made = shown.querySelector(`template[data-kind="${kind}"]`).content.cloneNode(true);
  made.querySelector("[data-what]").textContent = entry.label ?? "";
  if (why) made.querySelector("[data-why]").textContent = why;
  made.querySelector("a").href = entry.path;
  made.querySelector("button")?.addEventListener("click", () => {
    drop(ANSWERS, entry);
    show();
  });
  return made;
}

function show() {
  const waiting = mine(KEY);
  tell("check-ins-waiting", waiting.map((one) => one.path));
  const elsewhere = waiting.filter((one) => one.path !== location.pathname);
  shown.querySelector("[data-rows]").replaceChildren(
    ...elsewhere.map((one) => row("waiting", one)),
    ...mine(ANSWERS).map((one) => row(one.sentences.length ? "refused" : "sent", one, one.sentences.join(" "))),
  );
  shown.hidden = shown.querySelector("[data-rows]").childElementCount === 0;
}

// The token of a page that was just fetched: the one at hand may be of another session, or of a kept page.
async function token(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (answer.status === 404 && path !== "/me") return token("/me"); // theirs no more: the server says so in words
  if (answer.redirected || !answer.ok) return null;
  const text = await answer.text();
  return new DOMParser().parseFromString(text, "text/html").querySelector("input[name=csrf_token]")?.value ?? null;
}

async function send(entry) {
  const csrf = await token(entry.path);
  if (csrf === null) return; // signed out, or the server is busy: later
  const ago = Math.min(AGO_MOST_S, Math.max(0, Math.round((Date.now() - entry.at) / 1000)));
  const body = new URLSearchParams({ csrf_token: csrf, code: entry.code, entry: entry.id ?? "", ago });
  const answer = await fetch(entry.path, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.status >= 500 || answer.status === 400 || answer.status === 403) return;
  const { person, path, label, at } = entry;
  const told = { person, path, label, at, sentences: answer.ok ? [] : (await answer.json()).sentences };
  drop(KEY, entry);
  if (tell("check-in-answered", told)) write(ANSWERS, [...read(ANSWERS), told]);
}

async function sendAll() {
  try {
    for (const entry of mine(KEY)) await send(entry);
  } catch {
    // no network: the next turn tries again
  }
  show();
}

// One window at a time, where the browser can tell: a wrong code is counted once.
const turn = () => (navigator.locks ? navigator.locks.request(KEY, sendAll) : sendAll());

document.addEventListener("check-in-typed", ({ detail }) => {
  const entry = { ...detail, person: own, at: Date.now(), id: name() };
  for (const key of [KEY, ANSWERS]) write(key, read(key).filter((one) => one.path !== entry.path));
  write(KEY, [...read(KEY), entry]);
  show();
  turn();
});

addEventListener("online", turn);
addEventListener("DOMContentLoaded", () => {
  for (const told of mine(ANSWERS)) if (!tell("check-in-answered", told)) drop(ANSWERS, told);
  show();
  if (mine(KEY).length) turn();
});
setInterval(() => mine(KEY).length && turn(), AGAIN_MS);
