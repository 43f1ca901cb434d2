// Details that float (data-menu) close on Escape, on a click elsewhere, and on whatever says data-close.

function close(menu) {
  menu.open = false;
  menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-menu] [data-close]");
  if (closer) {
    event.preventDefault();
    close(closer.closest("[data-menu]"));
    return;
  }
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const open = document.querySelector("[data-menu][open]");
  if (event.key === "Escape" && open) close(open);
});
