// Drag by the mouse: from the list of candidates to a slot, from slot to slot, onto somebody else, to the bin.

import { hide, isCarrying, letGo, pickUp, put, wouldTake } from "./carry.js";
import { slotOf } from "./desk.js";

document.addEventListener("dragstart", (event) => {
  const slot = event.target.closest("#grid a.slot[data-p]");
  const row = event.target.closest("[data-person][draggable]");
  if (!slot && !row) return;
  const name = slot ? slot.textContent.trim() : row.dataset.name;
  event.dataTransfer.setData("text/plain", name);
  event.dataTransfer.effectAllowed = "move";
  pickUp(slot ? { source: slotOf(slot) } : { person_id: row.dataset.person }, name);
});

document.addEventListener("dragover", (event) => {
  if (!isCarrying()) return;
  const slot = event.target.closest("#grid a.slot");
  if (slot ? wouldTake(slot) : event.target.closest("[data-bin]")) {
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  }
  if (!slot) hide();
});

document.addEventListener("drop", (event) => {
  if (!isCarrying()) return;
  event.preventDefault();
  put(event.target.closest("#grid a.slot"));
});

document.addEventListener("dragend", letGo);
