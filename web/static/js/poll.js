// An element with data-poll asks that address every two seconds, and reloads the page once the answer's state
// is none of those in data-while. It rests while the page is not looked at.

const SECONDS = 2;

async function ask(element) {
  if (document.hidden) return;
  const answer = await fetch(element.dataset.poll, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { state } = await answer.json();
  if (!element.dataset.while.split(" ").includes(state)) location.reload();
}

for (const element of document.querySelectorAll("[data-poll]")) {
  setInterval(() => ask(element).catch(() => {}), SECONDS * 1000); // the server may be restarting: ask again
}
