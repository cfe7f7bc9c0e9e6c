// <form data-unsaved>: the browser asks before typed words are lost.
const touched = new Set();

export const isTouched = () => [...touched].some((form) => form.isConnected);

export function start() {
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-unsaved]")) touched.add(form);
  });
  // A question answered with no, or a request still on its way, leaves the words unsent.
  window.addEventListener("submit", (event) => event.defaultPrevented || touched.delete(event.target));
  // [data-redraws] only draws a part of the form again: nothing is saved, and a row that came or went is a change.
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && !event.target.matches("[data-redraws]") && touched.delete(event.target.closest("form")));
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-redraws]")) touched.add(event.target.form ?? event.target.closest("form"));
  });
  document.addEventListener("reset", (event) => touched.delete(event.target));
  document.addEventListener("draft:saved", (event) => touched.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if (isTouched()) event.preventDefault();
  });
}
