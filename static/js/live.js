// [data-live-list] is fetched anew from time to time. While somebody points at it, walks it with the keys or
// has ticked something, it stays as it is and [data-live-notice] offers the new one instead.
export function start() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const list = event.detail.target.closest?.("[data-live-list]");
    if (!list || event.detail.requestConfig?.verb !== "get" || event.detail.xhr.status !== 200) return;
    const notice = document.querySelector("[data-live-notice]");
    if (busy(list)) {
      event.detail.shouldSwap = false;
      if (notice) notice.hidden = false;
    } else if (notice) {
      notice.hidden = true;
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.matches?.("[data-live-list] input[type=checkbox]") && event.target.form;
    if (form) count(form);
  });
  document.addEventListener("reset", (event) => setTimeout(() => count(event.target)));
}

function busy(list) {
  return list.matches(":hover") || list.contains(document.activeElement) || list.querySelector("[data-row-current], :checked:not(option)");
}

function count(form) {
  const shown = form.querySelector("[data-ticked-count]");
  if (shown) shown.textContent = form.querySelectorAll("input[type=checkbox]:checked").length || "";
}
