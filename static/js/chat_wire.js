// Requests of a chat that may fail: without a connection, with a server that starts anew, with an old token.
import { token } from "./csrf.js";
import { leadsOut } from "./signed_out.js";

const PATIENCE = 20_000;
const SPENT = 429;
const UNKNOWN = 401;

// The answer; one with status 0 when none came, with 401 when it leads to the sign-in instead.
export async function wait(request) {
  try {
    const answer = await request;
    toast(answer.headers.get("HX-Trigger"));
    if (!leadsOut(answer.headers.get("HX-Redirect"))) return answer;
    document.dispatchEvent(new CustomEvent("signed-out"));
    return nothing(UNKNOWN);
  } catch {
    return nothing(0);
  }
}

// What the server has to say comes along with the next answer.
function toast(header) {
  const said = header?.startsWith("{") && JSON.parse(header).toasts;
  if (said) document.dispatchEvent(new CustomEvent("toasts", { detail: { value: said } }));
}

const nothing = (status) => ({ ok: false, status, headers: new Headers(), text: async () => "" });

export function post(address, body) {
  return wait(
    fetch(address, {
      method: "POST",
      body,
      headers: { "HX-Request": "true", "X-CSRFToken": token() },
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
    }),
  );
}

// Whether trying again later can help. A token that another tab has renewed is read anew each time.
export function failed(answer) {
  return answer.status === 0 || answer.status === UNKNOWN || answer.status === 403 || answer.status === SPENT || answer.status >= 500;
}

// The sentence of a page that says why not.
export async function refusalOf(answer) {
  const page = document.createElement("template");
  page.innerHTML = await answer.text();
  return page.content.querySelector("[role=alert]")?.textContent.trim() ?? "";
}

