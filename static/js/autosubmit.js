// <form data-autosubmit>: filters take effect as soon as they are chosen; typed words after a short pause.
// Whoever chose with the keys goes on with the keys: the field has the focus again on the page that follows.
const PAUSE = 400;
const PLACE = "chosen with the keys";

export function start() {
  const waiting = new WeakMap();
  goOn();
  const submit = (form) => {
    clearTimeout(waiting.get(form));
    remember(document.activeElement, form);
    form.requestSubmit();
  };
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-autosubmit]")) submit(form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-autosubmit]") || event.target.type !== "search") return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => submit(form), PAUSE));
  });
  // A form that is answered page by page keeps its address short: empty filters stay out of it.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-autosubmit]")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}

function remember(field, form) {
  if (field?.form === form && field.name && field.matches(":focus-visible")) sessionStorage.setItem(PLACE, `${location.pathname} ${field.name}`);
}

function goOn() {
  const [path, name] = (sessionStorage.getItem(PLACE) ?? "").split(" ");
  sessionStorage.removeItem(PLACE);
  if (path !== location.pathname || location.hash) return;
  const field = document.querySelector(`[data-autosubmit] [name="${CSS.escape(name)}"]`);
  field?.focus({ preventScroll: true });
  if (field?.type === "search") field.setSelectionRange(field.value.length, field.value.length);
}

export function bind(root) {
  for (const button of root.querySelectorAll("[data-autosubmit] [data-autosubmit-button]")) button.hidden = true;
}
