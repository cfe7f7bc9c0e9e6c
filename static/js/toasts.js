// Short messages: shown at the edge, read out, gone by themselves unless something failed.
const STAY = 6000;

const region = () => document.querySelector("[data-toasts]");

// What is said already is not said twice.
export function show(text, tone = "info") {
  if (said(text).length) return;
  const template = region().querySelector("[data-toast-template]");
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.className = `toast toast--${tone}`;
  toast.querySelector("[data-toast-text]").textContent = text;
  region().append(toast);
  leave(toast, tone);
}

export function dismiss(text) {
  for (const toast of said(text)) toast.remove();
}

const said = (text) => [...region().querySelectorAll("[data-toast]")].filter((toast) => toast.querySelector("[data-toast-text]")?.textContent === text);

function leave(toast, tone) {
  if (tone === "error" || tone === "warning") return;
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    toast.remove();
  }, STAY);
}

export function start() {
  if (!region()) return;
  for (const toast of region().querySelectorAll("[data-toast]")) leave(toast, toast.className.match(/toast--(\w+)/)?.[1]);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-toast-dismiss]")) event.target.closest("[data-toast]").remove();
  });
  document.addEventListener("toasts", (event) => {
    for (const { text, tone } of event.detail.value ?? event.detail) show(text, tone);
  });
}
