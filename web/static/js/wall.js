// A wall screen fetches its next page and shows it in place of this one. Where the server does not answer it keeps
// what it has, says so, and asks again: a wall has no hands to press "reload".

function next() {
  const wall = document.querySelector("[data-wall]");
  setTimeout(() => turn(wall).catch(() => stale(wall)), Number(wall.dataset.seconds) * 1000);
}

async function turn(wall) {
  const answer = await fetch(wall.dataset.wall, { cache: "no-store" });
  if (answer.status === 404) {
    location.reload(); // the address was revoked: show nothing of what it showed
    return;
  }
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  wall.replaceWith(document.adoptNode(page.querySelector("[data-wall]")));
  next();
}

function stale(wall) {
  wall.querySelector("[data-stale]").hidden = false;
  next();
}

// How long a code is still the newest is counted down between two pages.
function count() {
  for (const told of document.querySelectorAll("[data-left] b")) {
    told.textContent = Math.max(0, Number(told.textContent) - 1);
  }
}

setInterval(count, 1000);
next();
