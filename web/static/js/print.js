// Offer the browser's own printing: [data-print] is hidden where no script runs.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
