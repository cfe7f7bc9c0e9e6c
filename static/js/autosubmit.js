// <form data-autosubmit>: filters take effect as soon as they are chosen; typed words after a short pause.
const PAUSE = 400;

export function start() {
  const waiting = new WeakMap();
  const submit = (form) => {
    clearTimeout(waiting.get(form));
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

export function bind(root) {
  for (const button of root.querySelectorAll("[data-autosubmit] [data-autosubmit-button]")) button.hidden = true;
}
