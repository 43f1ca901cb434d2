// Somebody picked up, by the mouse or by a key: where they cannot go is asked at once and shown before they are let go.
// On the grid of people a day's cell is a target too: the row's person takes the duty over, or a free slot of that day.

import { anchorOf, dayOf, desk, grid, personOf, say, send, slotOf } from "./desk.js";
import { choose, hide, isAt, show, stay } from "./refusal.js";

const NOTHING = { words: [], slots: {}, people: {}, free: {} };
const MARKS = ["slot--barred", "slot--unsure", "slot--carried"];
let carried = null; // { what: { source } or { person_id }, person, day }
let known = NOTHING;
let others = {}; // by person: what is known of somebody who would stand another day instead

export const isCarrying = () => carried !== null;

export async function pickUp(what, name) {
  hide();
  const from = what.source && anchorOf(what.source);
  const now = { what, person: what.person_id ?? from?.dataset.p, day: from ? dayOf(from) : null };
  carried = now;
  desk.classList.add("desk--carrying");
  if (what.source) {
    document.getElementById("bin").hidden = false;
    from?.classList.add("slot--carried");
  }
  say("carrying", name);
  const found = await ask(what);
  if (!found || carried !== now) return;
  known = found;
  for (const target of stops()) {
    const verdict = verdictOn(target);
    if (verdict?.words) target.classList.add(verdict.level === "block" ? "slot--barred" : "slot--unsure");
  }
}

async function ask(what) {
  const query = new URLSearchParams(what);
  if (personOf(grid().querySelector("tbody td"))) query.set("view", "people");
  const answer = await fetch(`${desk.dataset.desk}/refusals?${query}`, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

// The empty cells of the grid of people: where there is no slot to drop on.
const isCell = (cell) => Boolean(dayOf(cell) && personOf(cell) && !cell.querySelector("a.slot"));

// Where the keys may stop: slots, and while a duty is carried over the grid of people, its empty cells.
export function stops() {
  const all = [...grid().querySelectorAll("a.slot, tbody td")];
  return all.filter((one) => one.matches("a") || (carried?.what.source && isCell(one)));
}

export function targetAt(element) {
  const anchor = element.closest("#grid a.slot");
  if (anchor) return anchor;
  const cell = element.closest("#grid.board--people tbody td");
  return cell && isCell(cell) && carried?.what.source ? cell : null;
}

export function letGo() {
  carried = null;
  known = NOTHING;
  others = {};
  desk.classList.remove("desk--carrying");
  document.getElementById("bin").hidden = true;
  hide();
  for (const one of grid().querySelectorAll(MARKS.map((mark) => `.${mark}`).join())) one.classList.remove(...MARKS);
  for (const cell of grid().querySelectorAll("td[tabindex]")) cell.removeAttribute("tabindex");
}

// Let go where it is refused: what it says stays to be read, and its links can be followed.
export function leaveAt(target) {
  const isRefused = target && isAt(target) && !wouldTake(target);
  const said = isRefused && verdictOn(target);
  letGo();
  if (!said) return;
  show(target, said);
  stay();
}

// What speaks against a target; null where nothing does.
function verdictOn(target) {
  if (target.matches("a")) return told(known.slots[slotOf(target)]);
  const [person, day] = [personOf(target), dayOf(target)];
  if (day === carried.day) return person === carried.person ? null : told(known.people[person]);
  const free = known.free[day] ?? [];
  if (!free.length) return { level: "block" };
  if (freeFor(person, day).length) return null;
  return told(of(person).slots[free[0][0]]);
}

const told = (found, { words } = known) =>
  found && { level: found[0], words: words[found[1]], other: found[2], instead: found[3] };

function of(person) {
  return person === carried.person ? known : (others[person] ?? NOTHING);
}

// The free slots of a day that do not refuse the person.
function freeFor(person, day) {
  return (known.free[day] ?? []).filter(([slot]) => of(person).slots[slot]?.[0] !== "block");
}

// Whether it would take them; where not, or only with a reason, it says why. The same slot is nowhere to go.
export function wouldTake(target) {
  const isSame = target.matches("a")
    ? slotOf(target) === carried.what.source
    : personOf(target) === carried.person && dayOf(target) === carried.day;
  const verdict = isSame ? null : verdictOn(target);
  if (verdict) show(target, verdict);
  else hide();
  if (!target.matches("a")) learn(target);
  return !isSame && verdict?.level !== "block";
}

// Somebody else on another day: whether those slots refuse them is asked when they are first pointed at.
async function learn(target) {
  const [person, now] = [personOf(target), carried];
  if (dayOf(target) === now.day || person === now.person || others[person]) return;
  others[person] = NOTHING;
  const found = await ask({ person_id: person });
  if (!found || carried !== now) return;
  others[person] = found;
  if (target.matches(":hover, :focus")) wouldTake(target);
}

// Put down in a slot or a person's day; without either, in the bin.
export function put(target) {
  const { what, person, day } = carried;
  if (!target || target.matches("a")) {
    const slot = target ? slotOf(target) : "";
    letGo();
    return send("/drop", { ...what, ...(slot ? { target: slot } : {}) }, slot || what.source);
  }
  const taker = personOf(target) === person ? {} : { person_id: personOf(target) };
  const free = dayOf(target) === day ? null : freeFor(personOf(target), dayOf(target));
  letGo();
  if (!free) return send("/drop", { ...what, ...taker }, what.source);
  const into = (slot) => send("/drop", { ...what, ...taker, target: slot }, slot);
  return free.length === 1 ? into(free[0][0]) : choose(target, free, into);
}
