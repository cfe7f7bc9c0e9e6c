// <form data-unsaved>: the browser asks before typed words are lost.
const touched = new Set();

export function start() {
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-unsaved]")) touched.add(form);
  });
  document.addEventListener("submit", (event) => touched.delete(event.target));
  document.addEventListener("reset", (event) => touched.delete(event.target));
  document.addEventListener("draft:saved", (event) => touched.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if ([...touched].some((form) => form.isConnected)) event.preventDefault();
  });
}
