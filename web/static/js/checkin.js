// Checking in. Without a network the code and the moment are kept on the phone and sent once there is one: told as
// seconds ago, so that a clock that is set wrong does no harm. Only the person who typed it sends it.

const KEY = "lunzhi check-ins";
const HELD_MS = 36 * 3600_000;
const AGAIN_MS = 20_000;

// A page that the phone kept has lost its form: what stands in for it takes the code all the same.
const away = document.querySelector("[data-away]");
const page = document.querySelector("[data-check]") ?? away;

const read = () => JSON.parse(localStorage.getItem(KEY) ?? "[]").filter((one) => Date.now() - one.at < HELD_MS);
const write = (all) => localStorage.setItem(KEY, JSON.stringify(all));
const drop = (entry) => write(read().filter((one) => one.path !== entry.path || one.at !== entry.at));

function keep(entry) {
  write([...read().filter((one) => one.path !== entry.path), entry]);
}

function say(entry, sentences) {
  if (page?.dataset.path !== entry.path) return;
  const said = page.querySelector("[data-said]");
  said.textContent = sentences.join(" ");
  said.hidden = sentences.length === 0;
  if (!said.hidden) page.querySelector("[name=code]")?.select();
}

function showKept() {
  const held = read().some((one) => one.path === page?.dataset.path);
  page?.querySelector("[data-held]")?.toggleAttribute("hidden", !held);
}

// The token of a page that was just fetched: the one at hand may be of another session, or of a kept page.
async function token(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (answer.redirected || !answer.ok) return answer.status === 404 ? "" : null;
  const text = await answer.text();
  return new DOMParser().parseFromString(text, "text/html").querySelector("input[name=csrf_token]")?.value ?? "";
}

async function send(entry) {
  const csrf = await token(entry.path);
  if (csrf === null) return; // signed out, or the server is busy: later
  const ago = Math.max(0, Math.round((Date.now() - entry.at) / 1000));
  const body = new URLSearchParams({ csrf_token: csrf, code: entry.code, ago });
  const answer = await fetch(entry.path, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.status >= 500 || answer.status === 403) return;
  drop(entry);
  if (answer.ok && page?.dataset.path === entry.path) location.assign(entry.path);
  else if (!answer.ok) say(entry, (await answer.json()).sentences);
}

let isSending = false;

async function sendAll() {
  if (isSending) return;
  isSending = true;
  try {
    const own = document.querySelector("[data-person]")?.dataset.person;
    for (const entry of read().filter((one) => one.person === own)) await send(entry);
  } catch {
    // no network: the next turn tries again
  } finally {
    isSending = false;
    showKept();
  }
}

function enter() {
  const entry = {
    person: page.dataset.person,
    path: page.dataset.path,
    code: page.querySelector("[name=code]").value,
    at: Date.now(),
  };
  say(entry, []);
  keep(entry);
  sendAll();
}

if (page && page === away) {
  away.hidden = false;
  away.querySelector("button").addEventListener("click", enter);
} else {
  page?.addEventListener("submit", (event) => {
    event.preventDefault();
    enter();
  });
}

addEventListener("online", sendAll);
setInterval(() => read().length && sendAll(), AGAIN_MS);
sendAll();
