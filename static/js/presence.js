// [data-presence]: tells colleagues that this page is open and whether its reader writes, and shows who else is here.
// While somebody else is replying, forms marked data-takes-over ask first.
import { token } from "./csrf.js";

const HEARTBEAT = 20_000;
const TYPED_EVERY = 3000;
const STOPPED_AFTER = 5000;

let doing = "looking";
let told = 0;
let stopping = 0;

const line = () => document.querySelector("[data-presence]");

export function start() {
  if (!line()) return;
  say("looking");
  setInterval(() => document.hidden || say(doing), HEARTBEAT);
  document.addEventListener("live:presence", ask);
  document.addEventListener("live:resync", () => document.hidden || say(doing));
  document.addEventListener("input", (event) => type(event.target));
  document.addEventListener("submit", (event) => event.target.closest("[data-composer]") && leave());
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : say("looking")));
  document.addEventListener("htmx:afterSettle", guard);
  window.addEventListener("pagehide", leave);
}

function type(field) {
  const form = field.matches?.("textarea") && field.closest("[data-composer] form");
  if (!form) return;
  const now = field.value ? (form.matches(".composing__note") ? "noting" : "replying") : "looking";
  clearTimeout(stopping);
  if (now !== "looking") stopping = setTimeout(() => say("looking"), STOPPED_AFTER);
  if (now !== doing || performance.now() - told > TYPED_EVERY) say(now);
}

function body(what) {
  return new URLSearchParams({ doing: what, csrfmiddlewaretoken: token() });
}

async function say(what) {
  doing = what;
  told = performance.now();
  await show({ method: "POST", body: body(what) });
}

const ask = () => show({});

async function show(options) {
  try {
    const answer = await fetch(line().dataset.presence, { ...options, redirect: "manual" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-presence]");
    if (fresh && !fresh.isEqualNode(line())) line().replaceWith(fresh);
    guard();
  } catch {
    // Offline or signed out: the other parts of the page say so.
  }
}

function leave() {
  clearTimeout(stopping);
  doing = "looking";
  navigator.sendBeacon(line().dataset.presence, body("left"));
}

function guard() {
  const question = line()?.dataset.takeOver;
  for (const form of document.querySelectorAll("form[data-takes-over]")) {
    if (question) form.dataset.confirm = question;
    else delete form.dataset.confirm;
  }
}
