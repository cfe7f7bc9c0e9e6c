// The desk's side of a chat: Enter sends and the page stays; what could not be sent is tried again under the
// same name. [data-chat-waited] counts on; the board and the state of a chat come anew when something happens.
import { newKey } from "./chat_outbox.js";
import { failed, post, refusalOf } from "./chat_wire.js";

const RETRY = [1_000, 2_000, 4_000, 8_000];
const TYPING_EVERY = 3_000;
let typedAt = 0;

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    const form = event.target.closest?.("[data-chat-answer]");
    if (!form || event.target.name !== "body") return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-chat-answer]")) return;
    event.preventDefault();
    say(event.target);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-chat-answer] textarea") && Date.now() > typedAt + TYPING_EVERY) {
      typedAt = Date.now();
      post(event.target.closest("[data-chat-desk]").dataset.typing, new FormData());
    }
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.matches?.("[data-chat-state]") && !document.hidden) event.detail.parameters.set("visible", "1");
  });
  document.addEventListener("live:chat", ({ detail }) => detail.topic === "chats:all" && askForBoard());
  setInterval(countOn, 1_000);
}

// The answer of a chat that was just taken, or chosen on the board, is where its reader goes on.
export function bind(root) {
  if (location.hash !== "#chat-answer" || root === document) return;
  const field = root.querySelector("#chat-answer");
  if (!field?.offsetParent || root.contains(document.activeElement) || document.activeElement?.matches("input, textarea, select")) return;
  field.focus({ preventScroll: true });
  field.closest("[data-chat-desk]").scrollIntoView({ block: "end" });
}

function say(form) {
  const data = new FormData(form);
  const hasFiles = data.getAll("attachments").some((file) => file.size);
  if (!String(data.get("body")).trim() && !hasFiles) return;
  data.set("key", newKey());
  const line = document.createElement("li");
  line.textContent = `${form.closest("[data-chat-desk]").dataset.labelSending} ${data.get("body")}`;
  form.querySelector("[data-chat-outbox]").append(line);
  form.reset();
  form.querySelector("[data-used-macros]").replaceChildren();
  form.querySelector("[data-dropzone-files]").replaceChildren();
  form.elements.body.focus();
  line.ahead = form.querySelector("[data-chat-outbox]").lastChild.previousSibling?.carried ?? Promise.resolve();
  line.carried = line.ahead.then(() => carry(form, data, line, 0));
}

async function carry(form, data, line, tries) {
  const answer = await post(form.action, data);
  if (answer.ok) {
    line.remove();
    news();
  } else if (failed(answer)) {
    line.textContent = `${form.closest("[data-chat-desk]").dataset.labelWaiting}: ${data.get("body")}`;
    await new Promise((done) => setTimeout(done, RETRY[Math.min(tries, RETRY.length - 1)]));
    await carry(form, data, line, tries + 1);
  } else {
    line.dataset.failed = "";
    line.textContent = await refusalOf(answer);
    form.elements.body.value ||= data.get("body");
  }
}

// A busy desk gives many hints: the board is asked for once in a second at most.
const GAP = 1_000;
let planned = 0;

function askForBoard() {
  planned ||= setTimeout(() => {
    planned = 0;
    if (document.querySelector("#chat-board")) window.htmx.trigger("#chat-board", "fetch");
  }, GAP);
}

// Without the stream, what was said is asked for; with it a hint comes by itself.
function news() {
  if ("live" in document.documentElement.dataset) return;
  for (const part of ["#poller", "#chat-state"]) if (document.querySelector(part)) window.htmx.trigger(part, "fetch");
}

function countOn() {
  for (const time of document.querySelectorAll("[data-chat-waited]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
