// A form is sent once: while it is on its way its buttons wait. A page that comes back from the
// browser's memory starts afresh, and so does one that nobody answered. <form data-confirm="..."> asks first.
import { dismiss, show } from "./toasts.js";

const PATIENCE = 10_000;
const PROBE = "/healthz";

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.matches("[hx-post], [hx-get], [data-hx-post]")) return;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question && form.dataset.probed === undefined && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post") return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    if (mayBeOffline() && form.dataset.probed === undefined) {
      event.preventDefault();
      probe(form, event.submitter);
      return;
    }
    delete form.dataset.probed;
    form.dataset.sent = "";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), PATIENCE);
  });
  document.addEventListener("live:resync", () => dismiss(offline()));
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) release(form);
  });
}

// A page that should hear of news and does not may have lost its server. The browser would leave it for a page of its
// own that says so; here what was typed stays in sight.
function mayBeOffline() {
  return Boolean(document.querySelector("[data-live-stream]")) && !("live" in document.documentElement.dataset);
}

const offline = () => document.querySelector("[data-toasts]").dataset.offlineLabel;

async function probe(form, submitter) {
  form.dataset.sent = "";
  submitter?.setAttribute("aria-busy", "true");
  const isThere = await fetch(PROBE, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).then(() => true, () => false);
  release(form);
  if (!isThere) return show(offline(), "error");
  form.dataset.probed = "";
  form.requestSubmit(submitter);
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}
