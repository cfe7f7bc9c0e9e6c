// <button data-insert="text"> puts the text where the reader was writing: at the caret of the field named by
// data-insert-into (a selector), else of the page's composer; with data-insert-here into the middle of the text
// (a textarea or [data-insert-field]) of the form that was written in last; <button data-replace="text"> puts it in the place of all that stands in the
// composer. <button data-copy="text"> copies it.
import { show } from "./toasts.js";

const COMPOSER = "[data-insert-target], .composer textarea, textarea[name=body]";

let last = null;

export function start() {
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("textarea, [data-insert-field]")) last = event.target;
  });
  document.addEventListener("click", (event) => {
    const inserter = event.target.closest("[data-insert]");
    if (inserter?.matches("[data-insert-here]")) put(written(inserter.form), inserter.dataset.insert);
    else if (inserter) insert(document.querySelector(inserter.dataset.insertInto || COMPOSER), inserter.dataset.insert);
    const replacer = event.target.closest("[data-replace]");
    if (replacer) replace(document.querySelector(COMPOSER), replacer.dataset.replace);
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
  });
}

const written = (form) => (last?.form === form ? last : form.querySelector("textarea"));

// A paragraph of its own.
export function insert(field, text) {
  const before = field?.value.slice(0, field.selectionStart);
  put(field, `${before && !before.endsWith("\n") ? "\n\n" : ""}${text}\n`);
}

function replace(field, text) {
  field?.select();
  put(field, text);
}

function put(field, text) {
  if (!field) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
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
