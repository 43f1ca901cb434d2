// The board's table: which slot is where, what is sent to the server and what is said. Parts come back and are swapped.

/* global htmx */

export const desk = document.querySelector("[data-desk]");
const status = document.getElementById("status");
const csrf = document.querySelector("#drop [name=csrf_token]")?.value;

export const mayChange = csrf !== undefined; // who only reads is given no form to send

export const grid = () => document.getElementById("grid");
export const panel = () => document.getElementById("panel");
export const slots = () => [...grid().querySelectorAll("a.slot")];

export function slotOf(anchor) {
  return new URL(anchor.href).searchParams.get("slot");
}

export function anchorOf(slot) {
  return grid().querySelector(`a.slot[href*="slot=${CSS.escape(slot)}#"], a.slot[href$="slot=${CSS.escape(slot)}"]`);
}

// The day of a cell's column, the person of its row on the grid of people.
export function dayOf(element) {
  return grid().tHead.rows[0].cells[element.closest("td").cellIndex]?.dataset.day ?? null;
}

export const personOf = (element) => element?.closest("tr")?.dataset.person ?? null;

export function say(word, gap = "") {
  status.textContent = (status.dataset[word] ?? word).replace("*", gap);
}

// The board's address with a slot selected, or with none.
function address(path, slot) {
  const query = new URLSearchParams(location.search);
  query.delete("q");
  if (slot) query.set("slot", slot);
  return `${desk.dataset.desk}${path}?${query}`;
}

export function open(slot) {
  return htmx.ajax("GET", address("", slot), { target: "#panel", swap: "outerHTML" });
}

export function renew() {
  return htmx.ajax("GET", address("/parts", panel().dataset.slot), { target: "#told", swap: "none" });
}

// What a form would send: `values` name slots as source and target, and whom the reader sees there.
export function send(path, values, slot) {
  for (const name of ["source", "target"]) {
    if (values[name]) values[`${name}_seen`] = anchorOf(values[name])?.dataset.p ?? "";
  }
  return htmx.ajax("POST", address(path, slot), {
    target: "#panel", swap: "outerHTML", values: { ...values, csrf_token: csrf },
  });
}

document.addEventListener("htmx:responseError", () => say("failed"));
document.addEventListener("htmx:sendError", () => say("failed"));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.requestConfig.verb === "post") say("saved");
});
