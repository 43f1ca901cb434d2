// Parts marked data-renew are fetched anew every ten seconds and put in place by their ids. They rest while the
// page is not looked at, and while somebody has something open or focused in them.

const SECONDS = 10;

async function renew() {
  if (document.hidden || document.querySelector("[data-renew] details[open], [data-renew] :focus")) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-renew]")) {
    const other = fresh.getElementById(part.id);
    if (other) part.replaceWith(other);
  }
}

setInterval(() => renew().catch(() => {}), SECONDS * 1000); // the server may be restarting: ask again
