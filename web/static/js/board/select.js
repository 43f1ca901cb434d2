// A click on a slot opens its panel beside the table, without leaving the page; the table shows which one it is.

import { anchorOf, desk, grid, open, panel, slotOf } from "./desk.js";

desk.addEventListener("click", (event) => {
  const anchor = event.target.closest("#grid a.slot, #days a.slot");
  if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  open(slotOf(anchor));
});

function mark() {
  for (const held of grid().querySelectorAll("[aria-current]")) {
    held.removeAttribute("aria-current");
    held.removeAttribute("id");
  }
  const slot = panel().dataset.slot;
  const anchor = slot && anchorOf(slot);
  if (!anchor) return;
  anchor.setAttribute("aria-current", "true");
  for (const head of grid().querySelectorAll(".board__day--chosen")) head.classList.remove("board__day--chosen");
  grid().tHead.rows[0].cells[anchor.closest("td").cellIndex]?.classList.add("board__day--chosen");
  anchor.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("htmx:afterSettle", mark);
