// The ticket page while it stays open: what arrives moves neither what is read nor what is typed. Messages that
// arrive out of sight are told by [data-arrived]; a reply or note in the making counts as written before them until they
// have been in sight, so that the server shows them again when it is sent.
const SEEN_AFTER = 800;
const NEAR = 160;

const unseen = new Set();
const held = new Map();
let sight = null;
let place = null;
let coming = false;

export function start() {
  sight = new IntersectionObserver(look, { threshold: 0.5 });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "poller" || event.detail.xhr.status !== 200) return;
    place = { focused: typing(), top: typing()?.getBoundingClientRect().top, atEnd: isAtEnd() };
    coming = event.detail.serverResponse.includes("data-message-fresh");
  });
  document.addEventListener("htmx:oobBeforeSwap", hold);
  document.addEventListener("htmx:afterSettle", (event) => event.detail.elt.id === "poller" && arrive());
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-arrived]")) return;
    [...unseen][0]?.scrollIntoView({ block: "center" });
  });
  document.addEventListener("visibilitychange", tell);
}

function typing() {
  const field = document.activeElement;
  return field?.matches("[data-composer] textarea, [data-composer] input") ? field : null;
}

const isAtEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - NEAR;

// A part somebody is using waits for the next time; what a reply is written against waits until it was seen.
function hold(event) {
  const { target, fragment } = event.detail;
  const [, written] = /^(reply|note)-(?:version|seen)$/.exec(target.id) ?? [];
  if (written) {
    const writing = document.getElementById(`${written}-body`)?.value.trim();
    if (!writing || !(coming || unseen.size)) return;
    held.set(target.id, fragment.querySelector("input").value);
    event.detail.shouldSwap = false;
  } else if (target.querySelector("details[open]") || target.contains(document.activeElement)) {
    event.detail.shouldSwap = false;
  }
}

function watch(message) {
  message.removeAttribute("data-message-fresh");
  unseen.add(message);
  sight.observe(message);
}

function arrive() {
  for (const message of document.querySelectorAll("[data-message-fresh]")) watch(message);
  if (place?.focused) window.scrollBy(0, place.focused.getBoundingClientRect().top - place.top);
  if (place?.atEnd) window.scrollTo(0, document.documentElement.scrollHeight);
  place = null;
  tell();
}

function look(entries) {
  for (const { target, isIntersecting } of entries) {
    target.dataset.inSight = isIntersecting && !document.hidden ? "" : "no";
    if (target.dataset.inSight === "") setTimeout(() => see(target), SEEN_AFTER);
  }
}

function see(message) {
  if (message.dataset.inSight !== "" || document.hidden) return;
  sight.unobserve(message);
  unseen.delete(message);
  tell();
}

function tell() {
  for (const message of [...unseen]) if (!message.isConnected) unseen.delete(message);
  if (!unseen.size) {
    for (const [id, value] of held) document.getElementById(id).value = value;
    held.clear();
  }
  const pill = document.querySelector("[data-arrived]");
  if (!pill) return;
  const away = [...unseen].filter((message) => message.dataset.inSight !== "").length;
  pill.hidden = !away;
  const { one, many } = pill.dataset;
  pill.querySelector("[data-arrived-words]").textContent = (away === 1 ? one : many).replace("%s", away);
}
