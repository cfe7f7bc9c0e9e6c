// [data-live-list] is fetched anew when something changed. While somebody points at it, walks it with the keys or has
// ticked something, nothing in it moves: rows change where they stand, new ones are announced by [data-live-notice].
export function start() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const list = event.detail.target.closest?.("[data-live-list]");
    if (!list || event.detail.requestConfig?.verb !== "get" || event.detail.xhr.status !== 200) return;
    const busy = isBusy(list);
    if (busy) event.detail.shouldSwap = false;
    const arrived = busy ? settle(list, event.detail.serverResponse) : 0;
    announce(list, busy, arrived);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.matches?.("[data-live-list] input[type=checkbox]") && event.target.form;
    if (form) count(form);
  });
  document.addEventListener("reset", (event) => setTimeout(() => count(event.target)));
}

function isBusy(list) {
  if (!list.querySelector("[data-row-key]")) return false;
  return list.matches(":hover") || list.contains(document.activeElement) || list.querySelector("[data-row-current], :checked:not(option)");
}

// Puts what changed where it stands; returns how many rows would be new.
function settle(list, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[hx-swap-oob]")) {
    part.removeAttribute("hx-swap-oob");
    document.getElementById(part.id)?.replaceWith(part);
  }
  let arrived = 0;
  for (const row of fresh.querySelectorAll("[data-row-key]")) {
    const here = list.querySelector(`[data-row-key="${CSS.escape(row.dataset.rowKey)}"]`);
    if (!here) arrived += 1;
    else if (!isHeld(here)) replace(here, row);
  }
  return arrived;
}

const isHeld = (row) => row.matches(":hover, [data-row-current], :has([data-row-current])") || row.contains(document.activeElement);

function replace(here, row) {
  const tick = row.querySelector("input[type=checkbox]");
  if (tick) tick.checked = here.querySelector("input[type=checkbox]")?.checked ?? false;
  here.replaceWith(row);
}

function announce(list, busy, arrived) {
  const notice = list.parentElement.querySelector("[data-live-notice]");
  if (!notice) return;
  notice.hidden = !busy;
  const words = notice.querySelector("[data-live-words]");
  const { none, one, many } = words.dataset;
  words.textContent = arrived === 0 ? none : (arrived === 1 ? one : many).replace("%s", arrived);
}

function count(form) {
  const shown = form.querySelector("[data-ticked-count]");
  if (shown) shown.textContent = form.querySelectorAll("input[name=tickets]:checked").length || "";
}
