// Two coordinators at once: every few seconds the page asks whether it still shows what there is. The table follows
// somebody else's change and says whose it was; the panel, and what is typed in it, stays. Rests while nobody looks.

import { isCarrying } from "./carry.js";
import { desk, renew } from "./desk.js";

const SECONDS = 4;
let isAsking = false;

const shown = () => Number(document.getElementById("summary").dataset.version);

async function ask() {
  if (document.hidden || isAsking || isCarrying() || document.querySelector(".htmx-request")) return;
  isAsking = true;
  try {
    const before = shown();
    const answer = await fetch(`${desk.dataset.desk}/version`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { version } = await answer.json();
    if (version !== before && before === shown() && !isCarrying()) await renew();
  } finally {
    isAsking = false;
  }
}

setInterval(() => ask().catch(() => {}), SECONDS * 1000); // the server may be restarting: ask again
