// An element with data-follow asks that address every second and puts the answer in its own place. An answer that is
// to be followed no more is the last one: the page is then loaded again. It rests while the page is not looked at.

const SECONDS = 1;

async function follow(element) {
  if (document.hidden || element.contains(document.activeElement)) return element; // never under somebody's hands
  const answer = await fetch(element.dataset.follow);
  if (!answer.ok) return element;
  const text = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = text.body.firstElementChild;
  if (!next?.matches("[data-follow]")) {
    location.reload();
    return element;
  }
  element.replaceWith(next);
  return next;
}

for (let element of document.querySelectorAll("[data-follow]")) {
  setInterval(async () => {
    element = await follow(element).catch(() => element); // the server may be restarting: ask again
  }, SECONDS * 1000);
}
