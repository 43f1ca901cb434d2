// Checking in: what is typed goes to js/queue.js, which sends it now or once there is a network, and says what came of it.

// A page that the phone kept has lost its form: what stands in for it takes the code all the same.
const away = document.querySelector("[data-away]");
const page = document.querySelector("[data-check]") ?? away;

function say(sentences) {
  const said = page.querySelector("[data-said]");
  said.textContent = sentences.join(" ");
  said.hidden = sentences.length === 0;
  if (!said.hidden) page.querySelector("[name=code]")?.select();
}

function enter() {
  say([]);
  const { path, label } = page.dataset;
  const detail = { path, label, code: page.querySelector("[name=code]").value };
  document.dispatchEvent(new CustomEvent("check-in-typed", { detail }));
}

document.addEventListener("check-ins-waiting", ({ detail }) => {
  page?.querySelector("[data-held]")?.toggleAttribute("hidden", !detail.includes(page.dataset.path));
});

document.addEventListener("check-in-answered", (event) => {
  const { path, sentences } = event.detail;
  if (path !== location.pathname) return;
  if (sentences.length && !page) return; // the page says something else now: the answer stands above it
  event.preventDefault();
  if (sentences.length) say(sentences);
  else if (page) location.assign(path);
});

if (page && page === away) {
  away.hidden = false;
  away.querySelector("button").addEventListener("click", enter);
} else {
  page?.addEventListener("submit", (event) => {
    event.preventDefault();
    enter();
  });
}
