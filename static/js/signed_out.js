// [data-signed-out="address of the sign-in"]: the session ended while somebody was writing. The page stays, says so and
// offers to sign in in another tab; it is quiet again as soon as something is answered. Pages on which nothing waits
// to be sent go to the sign-in.
import { isTouched } from "./leaving.js";

const place = () => document.querySelector("[data-signed-out]");

export function start() {
  document.addEventListener("signed-out", () => show(true));
  document.addEventListener("draft:saved", () => show(false));
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const onward = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!leadsOut(onward)) return void show(false);
    if (!isTouched()) return;
    event.preventDefault();
    show(true);
  });
}

// Whether an answer leads to the sign-in instead of doing what was asked.
export function leadsOut(address) {
  return Boolean(address && place()) && new URL(address, location.href).pathname === place().dataset.signedOut;
}

function show(yes) {
  const notice = place();
  if (!notice || notice.hidden === !yes) return;
  notice.hidden = !yes;
  if (!yes) document.dispatchEvent(new CustomEvent("signed-in"));
  const link = notice.querySelector("a");
  link.href = `${notice.dataset.signedOut}?next=${encodeURIComponent(location.pathname + location.search)}`;
}
