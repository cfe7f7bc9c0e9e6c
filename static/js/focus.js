// Who works with the keys is not sent back to the top of the page when a part of it comes anew, or when the page itself
// does after one of its forms was sent: the caret goes to the same control, else to the part it stood in.
const SHELF = "focus";
const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";

const WAIT = 4000;

let lost = null;
let awaited = null;

export function start() {
  document.addEventListener("htmx:beforeSwap", hold);
  document.addEventListener("htmx:afterSettle", giveBack);
  window.addEventListener("pagehide", keep);
  takeUp();
}

function hold() {
  const here = document.activeElement;
  if (here && here !== document.body) lost = { here, place: placeOf(here) };
}

function giveBack() {
  find();
  if (!lost || lost.here.isConnected) return;
  const { place } = lost;
  lost = null;
  if (!isElsewhere()) go(place, true);
}

// A page that is left by one of its own buttons is most often followed by itself. Whoever was in a field is let go, so
// that single keys work again.
function keep() {
  const here = document.activeElement;
  if (here?.matches("button:focus-visible, summary:focus-visible") && here.closest("main form, aside form") && !here.closest("[data-composer]"))
    sessionStorage.setItem(SHELF, JSON.stringify({ path: location.pathname, place: placeOf(here) }));
}

function takeUp() {
  const kept = JSON.parse(sessionStorage.getItem(SHELF));
  sessionStorage.removeItem(SHELF);
  if (kept?.path !== location.pathname) return;
  awaited = kept.place;
  setTimeout(() => (awaited = null), WAIT);
  find();
}

// Some parts of a page come a moment later.
function find() {
  if (awaited && (isElsewhere() || go(awaited, false))) awaited = null;
}

const isElsewhere = () => document.activeElement && document.activeElement !== document.body;

// A control, the fold it stood in, and what is around it and can be known again, from the nearest on.
function placeOf(element) {
  const around = [];
  for (let part = element.closest("[id]"); part; part = part.parentElement?.closest("[id]")) around.push(part.id);
  const fold = element.closest("details")?.querySelector("summary");
  return { around, signs: [element, ...(fold && fold !== element ? [fold] : [])].map(signOf) };
}

function go({ around, signs }, isSwap) {
  const part = around.map((id) => document.getElementById(id)).find((one) => one?.checkVisibility()) ?? document.getElementById("main");
  const here = part ? [part, ...part.querySelectorAll(CONTROLS)].filter((one) => one.matches(CONTROLS) && !one.disabled && one.checkVisibility()) : [];
  const same = signs.map((sign) => here.find((one) => signOf(one) === sign)).find(Boolean);
  const goal = same ?? (isSwap ? part : null);
  if (!goal) return false;
  if (!same && goal.tabIndex < 0) goal.tabIndex = -1;
  goal.focus({ preventScroll: isSwap });
  return true;
}

// How a control is known again: what it is, where it leads, what it sends.
function signOf(element) {
  const form = element.form ?? element.closest("form");
  const said = element.matches("button, summary") ? element.textContent.trim() : "";
  const chosen = element.matches("[type=radio], [type=checkbox]") ? element.value : "";
  return [element.tagName, element.name, element.getAttribute("href"), form?.getAttribute("action"), said, chosen].join("\n");
}
