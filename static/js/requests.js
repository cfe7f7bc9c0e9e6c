// htmx requests that fail say so, with the sentences the server put on the toast region.
import { show } from "./toasts.js";

export function start() {
  const region = document.querySelector("[data-toasts]");
  if (!region) return;
  document.addEventListener("htmx:responseError", () => show(region.dataset.failedLabel, "error"));
  document.addEventListener("htmx:sendError", () => show(region.dataset.offlineLabel, "error"));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.elt.removeAttribute?.("aria-busy"));
}
