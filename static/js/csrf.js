// Forms prove with a token that they are ours. Signing in changes it, in another tab too: what is sent takes the
// token as it is now, so that a page which was open meanwhile still works.
const NAME = "csrfmiddlewaretoken";

export function token() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

export function start() {
  document.addEventListener("submit", (event) => {
    const field = event.target.elements[NAME];
    if (field && token()) field.value = token();
  }, true);
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (!token()) return;
    if (detail.headers["X-CSRFToken"]) detail.headers["X-CSRFToken"] = token();
    if (detail.parameters.has?.(NAME)) detail.parameters.set(NAME, token());
  });
}
