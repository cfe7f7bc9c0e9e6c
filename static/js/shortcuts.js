// data-shortcut="r" or "g i" on a link, button or field: the key follows, presses or focuses it.
// j and k walk the rows marked data-row; o opens the row's first link, x ticks it. Escape leaves a field, so that the
// keys work again.
const CHORD_TIME = 1200;

export function start() {
  let chord = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Escape" && !event.defaultPrevented) event.target.blur();
      return;
    }
    const keys = chord ? `${chord} ${event.key}` : event.key;
    clearTimeout(timer);
    chord = "";
    if (press(keys)) {
      event.preventDefault();
    } else if (begins(keys)) {
      chord = keys;
      timer = setTimeout(() => { chord = ""; }, CHORD_TIME);
    }
  });
}

function typing(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

const bound = () => [...document.querySelectorAll("[data-shortcut]")];
const begins = (keys) => bound().some((element) => element.dataset.shortcut.startsWith(`${keys} `));

function press(keys) {
  if (keys === "j" || keys === "k") return walk(keys === "j" ? 1 : -1);
  if (keys === "o" && current()) return openRow(current());
  if (keys === "x" && current()) return tick(current());
  const target = bound().find((element) => element.dataset.shortcut === keys && (element.offsetParent || element.closest(".bar, [data-composer]")));
  if (!target) return false;
  if (/^(INPUT|TEXTAREA)$/.test(target.tagName)) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
  return true;
}

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
const current = () => document.querySelector("[data-row-current]");

function walk(step) {
  const all = rows();
  if (!all.length) return false;
  const from = all.indexOf(current());
  const next = from < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(from + step, 0), all.length - 1);
  current()?.removeAttribute("data-row-current");
  all[next].setAttribute("data-row-current", "");
  (all[next].matches("a") ? all[next] : all[next].querySelector("a"))?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
  return true;
}

function openRow(row) {
  (row.matches("a") ? row : row.querySelector("a"))?.click();
  return true;
}

function tick(row) {
  const box = row.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

export function bind(root) {
  for (const element of root.querySelectorAll("[data-needs-script]")) element.hidden = false;
}
