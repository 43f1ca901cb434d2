// An element with data-keep="name" and the window stay where they were scrolled to when a page with the same name
// comes next: a click on the board does not make it jump. Without script, #slot brings the slot into view.

const kept = document.querySelector("[data-keep]");
const key = `kept ${kept.dataset.keep}`;

function restore() {
  const held = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (held) {
    window.scrollTo(0, held.y);
    kept.scrollTo(held.left, held.top);
  } else if (location.hash) {
    window.scrollTo(0, 0); // the fragment has brought the slot to the very top of the window
  }
  kept.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

addEventListener("load", () => requestAnimationFrame(restore));

addEventListener("pagehide", () => {
  sessionStorage.setItem(key, JSON.stringify({ y: window.scrollY, top: kept.scrollTop, left: kept.scrollLeft }));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href$='#slot']");
  if (link) link.hash = "";
});
