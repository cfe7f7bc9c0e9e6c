// Requests of a chat that may fail: without a connection, with a server that starts anew, with an old token.
const PATIENCE = 20_000;
const SPENT = 429;

// The answer, or one with status 0 when none came.
export async function wait(request) {
  try {
    return await request;
  } catch {
    return { ok: false, status: 0, headers: new Headers(), text: async () => "" };
  }
}

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
  return answer.status === 0 || answer.status === 403 || answer.status === SPENT || answer.status >= 500;
}

// The sentence of a page that says why not.
export async function refusalOf(answer) {
  const page = document.createElement("template");
  page.innerHTML = await answer.text();
  return page.content.querySelector("[role=alert]")?.textContent.trim() ?? "";
}

function token() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}
