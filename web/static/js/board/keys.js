// The board without a mouse. One slot is in the tab order; the arrows move it. The list of keys opens with a question mark.

import { isCarrying, leaveAt, letGo, pickUp, put, stops, wouldTake } from "./carry.js";
import { anchorOf, desk, grid, mayChange, open, panel, say, send, slotOf, slots } from "./desk.js";

const TYPING = "input, textarea, select, [contenteditable]";
let here = null; // the slot that the keys are at, by name: the table is swapped under it

function rove(anchor) {
  for (const other of grid().querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  if (!anchor) return;
  anchor.tabIndex = 0;
  if (anchor.matches("a")) here = slotOf(anchor);
}

function go(anchor) {
  if (!anchor) return;
  rove(anchor);
  anchor.focus();
  anchor.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (isCarrying()) wouldTake(anchor);
}

function sideways(anchor, step) {
  const cell = anchor.closest("td");
  const row = stops().filter((one) => one.closest("tr") === cell.parentElement);
  const beyond = row.filter((one) => (one.closest("td").cellIndex - cell.cellIndex) * step > 0);
  if (step > 0) return beyond[0];
  return beyond.find((one) => one.closest("td") === beyond.at(-1).closest("td"));
}

function upDown(anchor, step) {
  const column = stops().filter((one) => one.closest("td").cellIndex === anchor.closest("td").cellIndex);
  return column[column.indexOf(anchor) + step];
}

function next(anchor, wanted) {
  const all = slots();
  const at = all.indexOf(anchor);
  return [...all.slice(at + 1), ...all.slice(0, at)].find((one) => one.matches(wanted));
}

function nextOr(anchor, wanted) {
  const found = next(anchor, wanted);
  if (found) go(found);
  else say("none");
}

const row = (anchor) => stops().filter((one) => one.closest("tr") === anchor.closest("tr"));

function drop(target) {
  if (!wouldTake(target)) return leaveAt(target);
  if (!target.matches("a")) here = null; // not a slot passed on the way: the one that was carried, which the panel shows
  return put(target);
}

async function choose(anchor) {
  await open(slotOf(anchor));
  panel().querySelector(".people__row button, .people__row summary, .panel__person button")?.focus();
}

const CHANGES = ["Delete", "l", "x"];
const KEYS = {
  ArrowRight: (at) => go(sideways(at, 1)),
  ArrowLeft: (at) => go(sideways(at, -1)),
  ArrowDown: (at) => go(upDown(at, 1)),
  ArrowUp: (at) => go(upDown(at, -1)),
  Home: (at) => go(row(at)[0]),
  End: (at) => go(row(at).at(-1)),
  Enter: (at) => (isCarrying() ? drop(at) : at.matches("a") && choose(at)),
  Delete: (at) => at.dataset.p && send("/drop", { source: slotOf(at) }, slotOf(at)),
  l: (at) => at.dataset.p && send("/lock", { source: slotOf(at) }, slotOf(at)),
  x: (at) => at.dataset.p && pickUp({ source: slotOf(at) }, at.textContent.trim()),
  g: (at) => nextOr(at, ".slot--open"),
  w: (at) => nextOr(at, ".slot--warned, .slot--refused, .slot--away, .slot--asked"),
};

const ANYWHERE = {
  PageUp: () => document.querySelector(".pages [rel=prev]")?.click(),
  PageDown: () => document.querySelector(".pages [rel=next]")?.click(),
  v: () => document.querySelector(".toolbar--board .segments__part:not(.segments__part--here)")?.click(),
  "/": () => (panel().querySelector("[type=search]") ?? document.querySelector(".filters [name=person]")).focus(),
  "?": () => document.getElementById("keys").showModal(),
};

function back() {
  if (isCarrying()) {
    letGo();
    say("letGo");
  }
  go(anchorOf(here ?? "") ?? slots()[0]);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog, [data-menu][open]")) return;
  if (event.key === "Escape" && event.target.closest(".panel, #grid")) return back();
  if (event.target.matches(TYPING)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const anchor = event.target.closest("#grid a.slot, #grid td[tabindex]");
  if (event.target.closest(".people") && ["ArrowUp", "ArrowDown"].includes(key)) walk(event, key === "ArrowDown" ? 1 : -1);
  const isButton = event.target.closest("button, summary") && key !== "/"; // from the list of candidates to its search
  if (!mayChange && CHANGES.includes(key)) return;
  const act = (anchor && KEYS[key]) || (isButton ? null : ANYWHERE[key]);
  if (!act) return;
  event.preventDefault();
  act(anchor);
});

// Up and down the list of candidates.
function walk(event, step) {
  const acts = [...panel().querySelectorAll(".people__row button:not([type]), .people__row summary")]
    .filter((one) => one.offsetParent && !one.closest(".confirm__box"));
  const found = acts[acts.indexOf(document.activeElement) + step];
  if (!found) return;
  event.preventDefault();
  found.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) document.getElementById("keys").showModal();
});

function begin() {
  for (const anchor of slots()) anchor.tabIndex = -1;
  rove(anchorOf(here ?? panel().dataset.slot ?? "") ?? slots()[0]);
}

desk.addEventListener("focusin", (event) => {
  const anchor = event.target.closest("#grid a.slot");
  if (anchor) rove(anchor);
});

// After a change the keys are where they were; a refusal that wants a reason waits in its field.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "panel" && event.target.id !== "panel" && event.target.id !== "grid") return;
  const lost = document.activeElement === document.body;
  begin();
  const reason = panel().querySelector(".refusal [name=override]");
  if (reason) reason.focus();
  else if (lost && here) go(anchorOf(here));
});

begin();
