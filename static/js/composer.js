// [data-composer]: choosing reply or note puts the caret into its field; Ctrl+Enter sends.
export function start() {
  document.addEventListener("click", (event) => {
    if (!event.target.matches?.("[data-composer] input[name=composing]")) return;
    visible(event.target.closest("[data-composer]"))?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest?.("[data-composer] form");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-send]"));
  });
}

function visible(composer) {
  return [...composer.querySelectorAll("textarea")].find((field) => field.offsetParent);
}
