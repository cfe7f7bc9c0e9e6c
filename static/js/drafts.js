// <form data-draft="address" data-draft-kind>: what is written is kept on the server while it is written, and is there
// again after a reload, on another device, after a crash. [data-draft-state] says how it stands.
const PAUSE = 700;
const AGAIN = 4000;

const timers = new WeakMap();
const unsaved = new Set();

export function start() {
  // Whoever goes on with a draft goes on at its end.
  for (const field of document.querySelectorAll("[data-draft] textarea")) field.setSelectionRange(field.value.length, field.value.length);
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-draft]") && event.target.matches("textarea")) plan(form, PAUSE);
  });
  document.addEventListener("submit", (event) => {
    clearTimeout(timers.get(event.target));
    unsaved.delete(event.target);
  });
  window.addEventListener("pagehide", () => {
    for (const form of unsaved) navigator.sendBeacon(form.dataset.draft, body(form));
  });
}

function plan(form, pause) {
  unsaved.add(form);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), pause));
}

function body(form) {
  const all = new FormData(form);
  const kept = new URLSearchParams({ kind: form.dataset.draftKind });
  for (const name of ["csrfmiddlewaretoken", "body", "key", "macros", "steps"]) {
    for (const value of all.getAll(name)) kept.append(name, value);
  }
  return kept;
}

async function save(form) {
  if (!form.isConnected || form.dataset.sent !== undefined) return;
  const sent = body(form);
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: sent, redirect: "error" });
    if (!answer.ok) throw new Error(answer.statusText);
    if (String(sent) !== String(body(form))) return;
    unsaved.delete(form);
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
