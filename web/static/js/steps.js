// Ctrl+Z and Ctrl+Shift+Z (on a Mac with Command) press the page's buttons for undo and redo; what was just done is
// told for six seconds, and for as long as somebody points at it or has the focus in it.

const SECONDS = 6;
const TYPING = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  if (event.target.matches(TYPING)) return; // the field's own undo
  const button = document.querySelector(`.turns [data-turn="${event.shiftKey ? "redo" : "undo"}"]`);
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit();
});

function fade() {
  for (const toast of document.querySelectorAll("[data-toast]:not([data-fades])")) {
    toast.dataset.fades = "";
    const timer = setInterval(() => {
      if (toast.matches(":hover, :focus-within")) return;
      clearInterval(timer);
      toast.remove();
    }, SECONDS * 1000);
  }
}

document.addEventListener("htmx:afterSettle", fade); // on the board the steps are swapped
fade();
