// A page that says how long it still is until something is read again when one comes back to it after a minute.

const STALE_AFTER = 60_000;
let hiddenAt = null;

document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (hiddenAt !== null && Date.now() - hiddenAt > STALE_AFTER) location.reload();
});
