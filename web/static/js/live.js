// An element with data-live="name" and data-seconds shows what the page says by then, again and again: the page is
// fetched and the element with the same name put in its place. A <b> in it may count the seconds down.

const fresh = (page, name) => page.querySelector(`[data-live="${name}"]`);

async function renew(name) {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (answer.redirected || answer.status === 404) location.reload();
  if (!answer.ok) return;
  const found = fresh(new DOMParser().parseFromString(await answer.text(), "text/html"), name);
  if (found) fresh(document, name).replaceWith(document.adoptNode(found));
}

function wait(name, begun, seconds) {
  const left = Math.max(0, seconds - Math.floor((Date.now() - begun) / 1000));
  const told = fresh(document, name).querySelector("[data-left] b");
  if (told) told.textContent = left;
  if (left > 0 || document.hidden) {
    setTimeout(wait, 1000, name, begun, seconds);
    return;
  }
  renew(name)
    .catch(() => {}) // no network: what is there stays, and the next turn asks again
    .finally(() => begin(fresh(document, name)));
}

function begin(element) {
  wait(element.dataset.live, Date.now(), Math.max(2, Number(element.dataset.seconds)));
}

document.querySelectorAll("[data-live]").forEach(begin);
