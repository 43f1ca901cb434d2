// The refusal that opens before a drop: why not, the duty that stands in the way, what could be done instead. While it
// only follows the pointer nothing in it can be pressed; once somebody lets go (or presses Enter) on it, it stays.

import { desk, grid, send } from "./desk.js";

const popover = document.getElementById("refusal");
const choice = document.getElementById("choice");
const part = (name) => popover.querySelector(`[data-refusal-${name}]`);
let at = null; // the slot or cell that it speaks of

export function place(box, target) {
  box.hidden = false;
  const { left, top, bottom } = target.getBoundingClientRect();
  box.style.left = `${Math.min(Math.max(8, left), window.innerWidth - box.offsetWidth - 8)}px`;
  const below = bottom + 8 + box.offsetHeight < window.innerHeight;
  box.style.top = `${below ? bottom + 8 : Math.max(8, top - box.offsetHeight - 8)}px`;
}

// `found`: level, words, the address of the duty in the way, from where to where instead; the last two may be missing.
export function show(target, { level, words, other, instead }) {
  const [title, act] = [part("title"), part("instead")];
  at = target;
  title.textContent = level === "block" ? title.dataset.no : title.dataset.warn;
  part("words").textContent = words ?? part("words").dataset.noFree;
  part("show").hidden = !other;
  if (other) part("show").href = other;
  act.hidden = !instead || level !== "block";
  act.parentElement.hidden = part("show").hidden && act.hidden;
  if (instead) {
    act.dataset.from = instead[0];
    act.dataset.to = instead[1];
    act.textContent = target.dataset.p || target.matches("td") ? act.dataset.swap : act.dataset.move;
  }
  popover.classList.toggle("popover--warn", level !== "block");
  place(popover, target);
}

export function hide() {
  popover.hidden = true;
  popover.classList.remove("popover--stays");
  choice.hidden = true;
}

export const isAt = (target) => !popover.hidden && at === target;
export const stays = () => popover.classList.contains("popover--stays") || !choice.hidden;

export function stay() {
  popover.classList.add("popover--stays");
  popover.querySelector("a:not([hidden]), button:not([hidden])")?.focus();
}

// Several slots are free: which one, by name.
export function choose(target, slots, then) {
  choice.querySelector("[data-choices]").replaceChildren(
    ...slots.map(([slot, label]) => {
      const [item, button] = [document.createElement("li"), document.createElement("button")];
      button.className = "button button--small";
      button.textContent = label;
      button.addEventListener("click", () => {
        hide();
        then(slot);
      });
      item.append(button);
      return item;
    }),
  );
  place(choice, target);
  choice.querySelector("button").focus();
}

part("instead").addEventListener("click", ({ target: { dataset } }) => {
  hide();
  send("/drop", { source: dataset.from, target: dataset.to }, dataset.to);
});

document.addEventListener("pointerdown", (event) => {
  if (stays() && !event.target.closest(".popover")) hide();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !stays()) return;
  event.preventDefault();
  hide();
  const back = at?.isConnected ? at : grid().querySelector('a.slot[tabindex="0"]');
  (back ?? desk).focus();
});
