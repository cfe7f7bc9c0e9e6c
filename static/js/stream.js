// <div data-live-stream="token" data-live-url data-live-token-url>: hints of the server arrive over one connection
// and become events of the document, "live:<kind>" with the facts as detail; "live:resync" says that something may
// have been missed and everything shown is to be asked for again. <html data-live> is there while the stream runs;
// without it live.js asks from time to time. A page nobody looks at lets its connection go after a while.
import { token } from "./csrf.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
const HIDDEN_FOR = 30_000;

let place = null;
let source = null;
let pause = FIRST_PAUSE;
let timer = 0;
let leaving = 0;

export function start() {
  if (!window.EventSource) return;
  listen(document);
  window.addEventListener("online", again);
  document.addEventListener("signed-in", again);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && again());
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(close, HIDDEN_FOR);
    else if (!source) again();
  });
}

// A part that arrives later may bring the page its stream.
export function bind(root) {
  if (window.EventSource && !place?.isConnected) listen(root);
}

function listen(root) {
  place = root.querySelector?.("[data-live-stream]") ?? null;
  close();
  if (place) open();
}

const tell = (kind, detail) => document.dispatchEvent(new CustomEvent(`live:${kind}`, { detail }));

function running(yes) {
  if (yes) document.documentElement.dataset.live = "";
  else delete document.documentElement.dataset.live;
}

function open() {
  const here = new EventSource(`${place.dataset.liveUrl}?token=${encodeURIComponent(place.dataset.liveStream)}`);
  source = here;
  here.onmessage = ({ data }) => {
    const { kind, ...facts } = JSON.parse(data);
    if (kind === "resync") pause = FIRST_PAUSE;
    if (kind === "resync" || kind === "down") running(kind === "resync");
    tell(kind, facts);
  };
  here.onerror = () => {
    if (source !== here) return;
    close();
    if (document.hidden) return;
    timer = setTimeout(renew, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
  running(false);
}

function again() {
  if (!place?.isConnected) return;
  close();
  pause = FIRST_PAUSE;
  renew();
}

// Every new connection asks for a new token: the server looks at the rights again. Who has none left stays quiet.
async function renew() {
  if (!place?.isConnected) return;
  try {
    const answer = await fetch(place.dataset.liveTokenUrl, {
      method: "POST",
      body: new URLSearchParams({ token: place.dataset.liveStream }),
      headers: { "X-CSRFToken": token() || place.dataset.csrf },
    });
    if (answer.status === 403) return;
    if (answer.ok) place.dataset.liveStream = (await answer.json()).token;
  } catch {
    // Offline: the attempt below fails too and tries again later.
  }
  if (!source) open();
}
