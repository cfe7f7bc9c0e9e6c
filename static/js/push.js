// [data-push]: lets this browser be notified while no page is open. Which part shows is told by what the browser can:
// [data-push-when="off"] a form to begin, "on" it is, "denied", "insecure", "unable", "install" why not, "failed" what went wrong.
// [data-push-renew]: a browser that is known from an earlier sign-in says that it is back, once a tab.
const TOLD = "push-renewed";

export function start() {
  document.addEventListener("submit", (event) => {
    const box = event.target.matches("[data-push-form]") && event.target.closest("[data-push]");
    if (!box || event.target.elements.endpoint.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    begin(box, event.target);
  }, true);
}

export function bind(root) {
  for (const box of root.querySelectorAll("[data-push]")) look(box);
  const asked = root.matches?.("[data-push-renew]") ? root : root.querySelector?.("[data-push-renew]");
  if (asked && able() === "able" && !sessionStorage.getItem(TOLD)) renew(asked.dataset.pushRenew);
}

function able() {
  if (!window.isSecureContext) return "insecure";
  const has = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!has) return navigator.standalone === false ? "install" : "unable"; // only iOS says whether it is installed
  return Notification.permission === "denied" ? "denied" : "able";
}

async function look(box) {
  const can = able();
  if (can !== "able") return say(box, can);
  const known = box.dataset.pushHere === "yes" && (await subscription());
  say(box, known ? "on" : "off");
}

function say(box, what) {
  for (const part of box.querySelectorAll("[data-push-when]")) part.hidden = part.dataset.pushWhen !== what;
}

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration(document.querySelector("[data-push]")?.dataset.pushScope ?? "/console/");
  return worker?.pushManager.getSubscription();
}

async function begin(box, form) {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") return say(box, able() === "denied" ? "denied" : "off");
    const { endpoint, keys } = (await subscribe(box.dataset)).toJSON();
    for (const [name, value] of Object.entries({ endpoint, ...keys })) form.elements[name].value = value;
    form.requestSubmit();
  } catch {
    say(box, "failed");
  } finally {
    button.disabled = false;
  }
}

// One that belongs to another key of ours would never hear from us.
async function subscribe({ pushWorker, pushScope, pushKey }) {
  await navigator.serviceWorker.register(pushWorker, { scope: pushScope });
  const worker = await active(pushScope);
  const key = bytes(pushKey);
  const known = await worker.pushManager.getSubscription();
  if (known && !same(known.options.applicationServerKey, key)) await known.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function active(scope) {
  const worker = await navigator.serviceWorker.getRegistration(scope);
  const coming = worker.installing ?? worker.waiting;
  if (!worker.active && coming) {
    await new Promise((done) => coming.addEventListener("statechange", () => coming.state === "activated" && done()));
  }
  return worker;
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function same(buffer, key) {
  const known = new Uint8Array(buffer ?? 0);
  return known.length === key.length && known.every((byte, place) => byte === key[place]);
}

async function renew(address) {
  sessionStorage.setItem(TOLD, "yes");
  const known = await subscription();
  if (!known) return;
  const { endpoint, keys } = known.toJSON();
  const csrf = document.querySelector("[data-live-stream]")?.dataset.csrf ?? "";
  const body = new URLSearchParams({ old: endpoint, endpoint, ...keys, csrfmiddlewaretoken: csrf });
  await fetch(address, { method: "POST", body, redirect: "manual" });
}
