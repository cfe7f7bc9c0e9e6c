// <form data-draft="address" data-draft-kind>: what is written is kept on the server while it is written, and is there
// again after a reload, on another device, after a crash. [data-draft-state] says how it stands. What the server does
// not have yet waits in this tab, also when the page is left meanwhile.
import { post } from "./chat_wire.js";
import { token } from "./csrf.js";

const PAUSE = 700;
const AGAIN = 4000;

const timers = new WeakMap();
const unsaved = new Set();

export function start() {
  // Whoever goes on with a draft goes on at its end.
  for (const field of document.querySelectorAll("[data-draft] textarea")) {
    restore(field);
    field.setSelectionRange(field.value.length, field.value.length);
  }
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-draft]") || !event.target.matches("textarea")) return;
    sessionStorage.setItem(place(form), event.target.value);
    plan(form, PAUSE);
  });
  // What does not leave the page goes on being kept.
  window.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timers.get(event.target));
    unsaved.delete(event.target);
  });
  window.addEventListener("pagehide", () => {
    for (const form of unsaved) navigator.sendBeacon(form.dataset.draft, body(form));
  });
}

const place = (form) => `typed ${form.dataset.draftOf} ${form.dataset.draftKind} ${form.dataset.draft}`;

// A page that follows upon a form that was sent needs nothing back; one that was opened again does.
function restore(field) {
  const kept = sessionStorage.getItem(place(field.form));
  sessionStorage.removeItem(place(field.form));
  const [here] = performance.getEntriesByType("navigation");
  if (!kept || kept === field.value || here?.redirectCount) return;
  field.value = kept;
  setTimeout(() => field.dispatchEvent(new Event("input", { bubbles: true })));
}

function plan(form, pause) {
  unsaved.add(form);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), pause));
}

function body(form) {
  const all = new FormData(form);
  const kept = new URLSearchParams({ kind: form.dataset.draftKind });
  kept.set("csrfmiddlewaretoken", token() || all.get("csrfmiddlewaretoken"));
  for (const name of ["body", "key", "macros", "steps"]) {
    for (const value of all.getAll(name)) kept.append(name, value);
  }
  return kept;
}

async function save(form) {
  if (!form.isConnected || form.dataset.sent !== undefined) return;
  const sent = body(form);
  try {
    const answer = await post(form.dataset.draft, sent);
    if (!answer.ok) throw new Error(answer.statusText);
    if (String(sent) !== String(body(form))) return;
    unsaved.delete(form);
    sessionStorage.removeItem(place(form));
    say(form, sent.get("body") ? "saved" : "");
    form.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true }));
  } catch {
    say(form, "failed");
    plan(form, AGAIN);
  }
}

function say(form, state) {
  const place = form.querySelector("[data-draft-state]");
  if (place) place.textContent = state ? place.dataset[state] : "";
}
