// <button data-insert="text"> puts the text where the reader was writing: at the caret of the field named by
// data-insert-into (a selector), else of the page's composer. <button data-copy="text"> copies it.
import { show } from "./toasts.js";

const COMPOSER = "[data-insert-target], .composer textarea, textarea[name=body]";

export function start() {
  document.addEventListener("click", (event) => {
    const inserter = event.target.closest("[data-insert]");
    if (inserter) insert(inserter);
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
  });
}

function insert(button) {
  const field = document.querySelector(button.dataset.insertInto || COMPOSER);
  if (!field) return;
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !before.endsWith("\n") ? "\n\n" : "";
  field.setRangeText(`${gap}${button.dataset.insert}\n`, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    show(button.dataset.copied, "success");
  } catch {
    window.prompt(button.textContent.trim(), button.dataset.copy);
  }
}
