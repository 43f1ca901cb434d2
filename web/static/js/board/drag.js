// Drag by the mouse: from the list of candidates to a slot, from slot to slot, onto somebody else, onto an empty day of
// theirs, to the bin.

import { isCarrying, leaveAt, pickUp, put, targetAt, wouldTake } from "./carry.js";
import { slotOf } from "./desk.js";
import { hide } from "./refusal.js";

let last = null; // what was pointed at before they were let go

document.addEventListener("dragstart", (event) => {
  const slot = event.target.closest("#grid a.slot[data-p]");
  const row = event.target.closest("[data-person][draggable]");
  if (!slot && !row) return;
  last = null;
  const name = slot ? slot.textContent.trim() : row.dataset.name;
  event.dataTransfer.setData("text/plain", name);
  event.dataTransfer.effectAllowed = "move";
  pickUp(slot ? { source: slotOf(slot) } : { person_id: row.dataset.person }, name);
});

document.addEventListener("dragover", (event) => {
  if (!isCarrying()) return;
  last = targetAt(event.target);
  if (last ? wouldTake(last) : event.target.closest("[data-bin]")) {
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  }
  if (!last) hide();
});

document.addEventListener("drop", (event) => {
  if (!isCarrying()) return;
  event.preventDefault();
  put(targetAt(event.target));
});

document.addEventListener("dragend", () => isCarrying() && leaveAt(last));
