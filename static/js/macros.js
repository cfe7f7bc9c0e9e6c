// [data-macro-chooser]: the arrow keys walk the macros, Enter takes the first; <button data-macro> puts its text
// into the reply and its steps, from the <template> beside it, under the reply. [data-macro-drop] takes them away.
import { insert } from "./insert.js";

export function start() {
  document.addEventListener("click", (event) => {
    const macro = event.target.closest("[data-macro]");
    if (macro && document.querySelector("[data-used-macros]")) use(event, macro);
    event.target.closest("[data-macro-drop]")?.closest("[data-used-macro]").remove();
  });
  document.addEventListener("keydown", (event) => {
    const chooser = event.target.closest?.("[data-macro-chooser]");
    if (!chooser || event.isComposing) return;
    const macros = [...chooser.querySelectorAll("[data-macro]")];
    const here = macros.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      (macros[here + step] ?? (step < 0 ? chooser.querySelector("[type=search]") : null))?.focus();
    } else if (event.key === "Enter" && event.target.type === "search") {
      event.preventDefault();
      macros[0]?.click();
    }
  });
}

function use(event, macro) {
  event.preventDefault();
  const used = document.querySelector("[data-used-macros]");
  if (!used.querySelector(`[data-used-macro="${macro.dataset.macro}"]`)) {
    used.append(macro.parentElement.querySelector("template").content.cloneNode(true));
    for (const hidden of used.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
  }
  macro.closest("dialog")?.close();
  document.querySelector("[data-composer] input[value=reply]")?.click();
  const field = used.closest("form").querySelector("[data-insert-target]");
  if (macro.dataset.macroText) insert(field, macro.dataset.macroText);
  field.focus();
  field.form.scrollIntoView({ block: "nearest" });
  select(field, macro.dataset.gap);
}

// What is missing is selected, so that typing fills it in.
function select(field, gap) {
  const at = gap ? field.value.indexOf(gap) : -1;
  if (at >= 0) field.setSelectionRange(at, at + gap.length);
}
