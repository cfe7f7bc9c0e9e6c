// <button data-dialog-open="id"> opens a <dialog>; <a href data-dialog-href> shows the page behind the
// link in the page's own dialog. A dialog drawn with data-dialog-shown opens by itself (a refused form).
export function start() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialogOpen);
      if (!dialog) return;
      event.preventDefault();
      dialog.showModal();
      return;
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close();
      return;
    }
    const link = event.target.closest("a[data-dialog-href]");
    if (link && window.htmx && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      load(link);
      return;
    }
    // The backdrop is the dialog itself with nothing in between.
    if (event.target instanceof HTMLDialogElement && outside(event)) event.target.close();
  });
}

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

async function load(link) {
  const dialog = document.getElementById("page-dialog");
  const body = document.getElementById("page-dialog-body");
  document.getElementById("page-dialog-title").textContent = link.dataset.dialogTitle || link.dataset.exact || link.textContent.trim();
  body.replaceChildren();
  dialog.showModal();
  dialog.addEventListener("close", () => comeBack(link), { once: true });
  try {
    await window.htmx.ajax("GET", link.href, { target: body, swap: "innerHTML" });
    if (!body.firstElementChild) dialog.close();
    enter(dialog, body);
  } catch {
    dialog.close();
  }
}

// What somebody opened a dialog for comes after the button that closes it.
function enter(dialog, body) {
  if (body.contains(document.activeElement)) return;
  const first = [...body.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href]")].find((one) => one.offsetParent && !one.disabled);
  if (dialog.open) first?.focus();
}

// The browser gives the caret back to the link; not if its menu has been folded meanwhile.
function comeBack(link) {
  const here = document.activeElement;
  if (here !== document.body && here.checkVisibility()) return;
  const way = link.checkVisibility() ? link : link.closest("details")?.querySelector("summary");
  way?.focus();
}

export function bind(root) {
  for (const dialog of root.querySelectorAll("dialog[data-dialog-shown]:not([open])")) dialog.showModal();
}
