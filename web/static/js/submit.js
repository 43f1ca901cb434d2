// A field with data-submit sends its form when it changes; its button, data-submit-button, is then not needed.

for (const button of document.querySelectorAll("[data-submit-button]")) button.hidden = true;

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
