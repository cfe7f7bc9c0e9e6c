// [data-live-on="row changed"]: a part of the page that is asked for again (its htmx trigger "fetch") when a hint of
// one of these kinds arrives, at most every data-live-gap milliseconds; data-live-about="case" waits for events of
// that noun alone. While the stream runs, asking by the clock rests; when it stops, the clock takes over.
const SOON = 150;
const GAP = 1000;

const waiting = new Map();
const asked = new Map();

export function start() {
  document.addEventListener("live:changed", ({ detail }) => hear("changed", detail));
  document.addEventListener("live:row", ({ detail }) => hear("row", detail));
  document.addEventListener("live:chat", () => hear("chat", {}));
  document.addEventListener("live:run", () => hear("run", {}));
  document.addEventListener("live:notified", () => hear("notified", {}));
  // The first time, parts that the page fetches by itself are as young as the stream.
  let isFirst = true;
  document.addEventListener("live:resync", () => {
    for (const part of all()) if (!isFirst || !part.getAttribute("hx-trigger").startsWith("load")) plan(part);
    isFirst = false;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.detail.elt;
    if (!part.matches?.("[data-live-on]")) return;
    const byClock = !event.detail.requestConfig.triggeringEvent;
    if (byClock && "live" in document.documentElement.dataset) event.preventDefault();
    else asked.set(part.id, performance.now());
  });
}

const all = () => document.querySelectorAll("[data-live-on]");

function hear(kind, { event = "" }) {
  for (const part of all()) {
    const about = part.dataset.liveAbout;
    if (part.dataset.liveOn.split(" ").includes(kind) && (!about || event.startsWith(`${about}.`))) plan(part);
  }
}

function plan(part) {
  const { id } = part;
  if (waiting.has(id)) return;
  const gap = Number(part.dataset.liveGap ?? GAP);
  const pause = Math.max(SOON, (asked.get(id) ?? -gap) + gap - performance.now());
  waiting.set(id, setTimeout(() => {
    waiting.delete(id);
    const now = document.getElementById(id);
    if (!now) return;
    if (now.matches(".slot") && now.contains(document.activeElement)) plan(now);
    else window.htmx.trigger(now, "fetch");
  }, pause));
}
