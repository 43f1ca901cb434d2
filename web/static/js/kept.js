// Lets the phone keep the duties that were looked at: /worker.js stores them and answers without a connection.
// The page that installs it was loaded before it ran, so it is asked to keep this one as well.

const worker = navigator.serviceWorker; // not there over plain http

const isLoadedByIt = Boolean(worker?.controller); // asked now: it takes the page over at any moment

if (worker && !document.querySelector("[data-kept]:not([hidden])")) {
  worker
    .register("/worker.js")
    .then(() => worker.ready)
    .then((ready) => isLoadedByIt || ready.active.postMessage({ keep: location.pathname }))
    .catch(() => {}); // a browser that may not keep anything shows the pages all the same
}
