// Somebody picked up, by the mouse or by a key: where they cannot go is asked at once and shown before they are let go.

import { anchorOf, desk, grid, say, send, slotOf, slots } from "./desk.js";

const popover = document.getElementById("refusal");
let carried = null;
let refused = { words: [], slots: {} };

export const isCarrying = () => carried !== null;

export async function pickUp(what, name) {
  carried = what; // { source: "12-1" } or { person_id: "7" }
  desk.classList.add("desk--carrying");
  if (what.source) {
    document.getElementById("bin").hidden = false;
    anchorOf(what.source)?.classList.add("slot--carried");
  }
  say("carrying", name);
  const answer = await fetch(`${desk.dataset.desk}/refusals?${new URLSearchParams(what)}`, {
    headers: { Accept: "application/json" },
  });
  if (!answer.ok || carried !== what) return;
  refused = await answer.json();
  for (const anchor of slots()) {
    const found = refused.slots[slotOf(anchor)];
    if (found) anchor.classList.add(found[0] === "block" ? "slot--barred" : "slot--unsure");
  }
}

export function letGo() {
  carried = null;
  refused = { words: [], slots: {} };
  desk.classList.remove("desk--carrying");
  document.getElementById("bin").hidden = true;
  hide();
  for (const anchor of grid().querySelectorAll(".slot--barred, .slot--unsure, .slot--carried")) {
    anchor.classList.remove("slot--barred", "slot--unsure", "slot--carried");
  }
}

export function hide() {
  popover.hidden = true;
}

// Whether the slot would take them; where not, or only with a reason, it says why. The same slot is nowhere to go.
export function wouldTake(anchor) {
  const slot = slotOf(anchor);
  const found = refused.slots[slot];
  if (!found || slot === carried?.source) hide();
  else show(anchor, found);
  return slot !== carried?.source && found?.[0] !== "block";
}

function show(anchor, [level, at, other]) {
  const title = popover.querySelector("[data-refusal-title]");
  const link = popover.querySelector("[data-refusal-show]");
  title.textContent = level === "block" ? title.dataset.no : title.dataset.warn;
  popover.querySelector("[data-refusal-words]").textContent = refused.words[at];
  link.parentElement.hidden = !other;
  if (other) link.href = `${desk.dataset.desk}?slot=${other}-1`;
  popover.classList.toggle("popover--warn", level !== "block");
  popover.hidden = false;
  const box = anchor.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), window.innerWidth - popover.offsetWidth - 8);
  const below = box.bottom + 8 + popover.offsetHeight < window.innerHeight;
  popover.style.left = `${left}px`;
  popover.style.top = `${below ? box.bottom + 8 : box.top - popover.offsetHeight - 8}px`;
}

// Put down in a slot; without one, in the bin.
export function put(anchor) {
  const { source } = carried;
  const what = carried;
  const target = anchor ? slotOf(anchor) : "";
  letGo();
  return send("/drop", { ...what, ...(target ? { target } : {}) }, target || source);
}
