// htmx requests that fail say so, with the sentences the server put on the toast region. Those that nobody asked for,
// because a page keeps itself up to date, say only that there is no connection, until there is one again.
import { dismiss, show } from "./toasts.js";

export function start() {
  const region = document.querySelector("[data-toasts]");
  if (!region) return;
  document.addEventListener("htmx:responseError", (event) => {
    if (!leaveSlot(event.detail)) fail(region.dataset.failedLabel, event.detail);
  });
  document.addEventListener("htmx:afterSwap", (event) => leaveIfEmpty(event.target));
  document.addEventListener("htmx:sendError", (event) => fail(region.dataset.offlineLabel, event.detail));
  document.addEventListener("htmx:beforeOnLoad", (event) => event.detail.xhr.status < 500 && dismiss(region.dataset.staleLabel));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.elt.removeAttribute?.("aria-busy"));
}

function fail(words, { requestConfig }) {
  const cause = requestConfig?.triggeringEvent;
  const { staleLabel } = document.querySelector("[data-toasts]").dataset;
  show(!cause || cause.type === "fetch" ? staleLabel : words, "error");
}

// A panel that found nothing is not there, unless something may still come into it.
function leaveIfEmpty(slot) {
  if (slot.matches?.(".slot:not([data-live-on])") && !slot.firstElementChild) slot.remove();
}

// A panel this reader may not see is not there; one that failed leaves the link to its own page.
function leaveSlot({ elt, xhr }) {
  if (!elt.matches(".slot")) return false;
  if (xhr.status === 403 || xhr.status === 404) elt.remove();
  else elt.querySelector(".skeleton")?.remove();
  return true;
}
