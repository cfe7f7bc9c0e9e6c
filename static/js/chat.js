// The customer's chat. What is written goes into an outbox that outlives the page, under a name made here, and
// leaves it when the server has it: sent twice it is still one message. News are asked for by the last key one
// has; a live hint only says that it is time to ask. The server decides what is shown; this only carries.
import { dropOutbox, loadOutbox, newKey, saveOutbox } from "./chat_outbox.js";
import * as stream from "./stream.js";
import { failed, post, refusalOf, wait } from "./chat_wire.js";

const QUICK = 3_000;
const CALM = 25_000;
const RETRY = [1_000, 2_000, 4_000, 8_000, 15_000];
const TYPING_EVERY = 3_000;
const rooms = new Map();

export function start() {
  document.addEventListener("click", clicked);
  document.addEventListener("submit", submitted);
  document.addEventListener("keydown", pressed);
  document.addEventListener("input", typed);
  document.addEventListener("live:chat", ({ detail }) => rooms.get(detail.topic)?.ask());
  document.addEventListener("live:resync", wake);
  for (const kind of ["online", "pageshow", "focus"]) window.addEventListener(kind, wake);
  document.addEventListener("visibilitychange", wake);
  openAgain();
}

export function bind(root) {
  for (const element of root.querySelectorAll?.("[data-chat]") ?? []) if (!element.chat) element.chat = new Room(element);
  for (const field of root.querySelectorAll?.("[data-chat-draft]") ?? []) restore(field);
}

function bindAll(place) {
  bind(place);
  stream.bind(place);
}

const isStreaming = () => "live" in document.documentElement.dataset;

function wake() {
  for (const room of living()) {
    room.flush();
    room.ask();
  }
}

function living() {
  for (const [topic, room] of rooms) if (!room.element.isConnected) rooms.delete(topic);
  return rooms.values();
}

// --- a room --------------------------------------------------------------------------------------------

class Room {
  constructor(element) {
    this.element = element;
    this.reference = element.dataset.chat;
    this.files = new Map();
    this.tries = 0;
    this.readUpTo = 0;
    rooms.set(element.dataset.topic, this);
    remember(this.reference);
    for (const entry of this.outbox()) this.draw(entry);
    this.toEnd();
    this.flush();
    this.schedule();
    this.noteRead();
  }

  get lines() {
    return this.element.querySelector("[data-chat-lines]");
  }

  outbox() {
    return [...loadOutbox(this.reference), ...[...this.files.values()].map((held) => held.entry)];
  }

  // Put words on their way.
  say(form) {
    const data = new FormData(form);
    const entry = { key: newKey(), body: String(data.get("body") ?? "") };
    const files = data.getAll("attachments").filter((file) => file.size);
    if (!entry.body.trim() && !files.length) return;
    if (files.length) {
      entry.files = files.map((file) => file.name);
      this.files.set(entry.key, { entry, files });
    } else saveOutbox(this.reference, [...loadOutbox(this.reference), entry]);
    this.draw(entry);
    form.reset();
    form.querySelector("[data-dropzone-files]").replaceChildren();
    keep(form.elements.body);
    form.elements.body.focus();
    this.toEnd();
    this.flush();
  }

  draw(entry) {
    if (this.pending(entry.key) || this.lines.querySelector(`[data-chat-key="${entry.key}"]`)) return;
    const line = this.element.querySelector("[data-chat-pending]").content.firstElementChild.cloneNode(true);
    line.dataset.chatKey = entry.key;
    line.querySelector("[data-chat-text]").textContent = [entry.body, ...(entry.files ?? [])].filter(Boolean).join("\n");
    this.element.querySelector("[data-chat-outbox]").append(line);
    this.mark(entry.key, entry.refused ?? this.element.dataset.labelSending, Boolean(entry.refused));
  }

  pending(key) {
    return this.element.querySelector(`[data-chat-outbox] [data-chat-key="${key}"]`);
  }

  mark(key, words, isRefused = false) {
    const line = this.pending(key);
    if (!line) return;
    line.classList.toggle("chat__line--failed", isRefused);
    line.querySelector("[data-chat-mark]").textContent = words;
    line.querySelector("[data-chat-again]").hidden = !isRefused;
  }

  // Send what waits, one after the other, so that the order stays.
  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    try {
      for (let entry; (entry = this.outbox().find((one) => !one.refused)); ) if (!(await this.carry(entry))) break;
    } finally {
      this.flushing = false;
    }
  }

  async carry(entry) {
    const held = this.files.get(entry.key);
    const body = new FormData();
    body.set("key", entry.key);
    body.set("body", entry.body);
    for (const file of held?.files ?? []) body.append("attachments", file);
    const answer = await post(this.element.dataset.send, body);
    if (answer.ok) {
      this.tries = 0;
      this.forget(entry.key);
      this.mark(entry.key, this.element.dataset.labelSent);
      this.online(true);
      if (!isStreaming()) await this.ask(); // else a hint comes with it
      return true;
    }
    if (failed(answer)) {
      for (const one of this.outbox()) if (!one.refused) this.mark(one.key, this.element.dataset.labelWaiting);
      this.online(answer.status > 0);
      setTimeout(() => this.flush(), RETRY[Math.min(this.tries++, RETRY.length - 1)]);
      return false;
    }
    const words = (await refusalOf(answer)) || this.element.dataset.labelFailed;
    this.change(entry.key, { refused: words });
    this.mark(entry.key, words, true);
    return true;
  }

  change(key, facts) {
    const held = this.files.get(key);
    if (held) held.entry = { ...held.entry, ...facts };
    else saveOutbox(this.reference, loadOutbox(this.reference).map((one) => (one.key === key ? { ...one, ...facts } : one)));
  }

  forget(key) {
    if (!this.files.delete(key)) saveOutbox(this.reference, loadOutbox(this.reference).filter((one) => one.key !== key));
  }

  again(key) {
    this.change(key, { refused: undefined });
    this.mark(key, this.element.dataset.labelSending);
    this.flush();
  }

  drop(key) {
    this.forget(key);
    this.pending(key)?.remove();
  }

  // Ask for what is new; who asks meanwhile is answered by one more question.
  async ask() {
    if (this.asking) {
      this.askAgain = true;
      return;
    }
    this.asking = true;
    try {
      do {
        this.askAgain = false;
        await this.fetch();
      } while (this.askAgain);
    } finally {
      this.asking = false;
      this.schedule();
    }
  }

  async fetch() {
    const { newest, fingerprint } = this.lines.dataset;
    const address = `${this.element.dataset.news}?after=${newest}&seen=${fingerprint}`;
    const answer = await wait(fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin", cache: "no-store" }));
    this.online(answer.status > 0);
    if (answer.status === 404) return this.gone();
    if (answer.status !== 200) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    this.merge(fresh.content);
  }

  merge(fresh) {
    const lines = fresh.querySelector("[data-chat-lines]");
    const atEnd = this.isAtEnd();
    const arrived = [...lines.children].filter((line) => !this.lines.querySelector(`[data-chat-message="${line.dataset.chatMessage}"]`));
    for (const line of arrived) {
      if (line.dataset.chatKey) this.pending(line.dataset.chatKey)?.remove();
      if (line.dataset.chatKey) this.forget(line.dataset.chatKey);
      this.lines.append(line);
    }
    Object.assign(this.lines.dataset, { newest: lines.dataset.newest, fingerprint: lines.dataset.fingerprint, staffRead: lines.dataset.staffRead, state: lines.dataset.state });
    for (const part of ["status", "typing"]) this.put(`[data-chat-${part}]`, fresh);
    const foot = this.element.querySelector("[data-chat-foot]");
    const other = fresh.querySelector("[data-chat-foot]");
    if (foot.dataset.chatFoot !== other.dataset.chatFoot) this.replaceFoot(other);
    if (atEnd) this.toEnd();
    this.showRead();
    if (arrived.length) {
      if (arrived.at(-1).dataset.chatKey) this.toEnd();
      this.noteRead();
      if (arrived.length >= 200) this.askAgain = true;
    }
  }

  put(selector, fresh) {
    const mine = this.element.querySelector(selector);
    const other = fresh.querySelector(selector);
    if (mine.innerHTML.trim() !== other.innerHTML.trim()) mine.replaceChildren(...other.childNodes);
  }

  // What somebody is writing is taken along.
  replaceFoot(other) {
    const foot = this.element.querySelector("[data-chat-foot]");
    const [was, next] = [foot, other].map((one) => one.querySelector("[data-chat-composer] textarea"));
    const held = was?.closest("form").querySelector("input[type=file]");
    if (held?.files.length) return;
    if (was && next) next.value = was.value;
    const focused = document.activeElement;
    const stood = foot.contains(focused);
    foot.replaceWith(other);
    if (stood) (focused === was && next ? next : this.element.querySelector("[data-chat-scroll]")).focus();
  }

  showRead() {
    const upto = Number(this.lines.dataset.staffRead);
    for (const line of this.lines.querySelectorAll(".chat__line--mine")) {
      const seen = Number(line.dataset.chatMessage) <= upto;
      line.querySelector("[data-chat-mark]").textContent = seen ? this.element.dataset.labelSeen : this.element.dataset.labelSent;
    }
  }

  isShown() {
    return !document.hidden && this.element.offsetParent !== null;
  }

  // Tell the server how far it was read; what nobody looks at is counted on the bubble.
  noteRead() {
    const newest = Number(this.lines.dataset.newest);
    if (this.isShown()) {
      if (newest > this.readUpTo) {
        this.readUpTo = newest;
        const body = new FormData();
        body.set("upto", newest);
        post(this.element.dataset.read, body);
      }
      for (const line of this.lines.children) line.dataset.looked = "";
    }
    count(this.lines.querySelectorAll(".chat__line:not(.chat__line--mine, [data-looked])").length);
  }

  typing() {
    if (Date.now() < (this.typedAt ?? 0) + TYPING_EVERY) return;
    this.typedAt = Date.now();
    post(this.element.dataset.typing, new FormData());
  }

  online(is) {
    this.element.toggleAttribute("data-offline", !is);
  }

  gone() {
    dropOutbox(this.reference);
    remember("");
  }

  schedule() {
    clearTimeout(this.timer);
    if (!this.element.isConnected) return;
    const calm = isStreaming() || document.hidden || this.lines.dataset.state === "ended";
    this.timer = setTimeout(() => this.ask(), calm ? CALM : QUICK);
  }

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.element.querySelector("[data-chat-scroll]");
    return scrollHeight - scrollTop - clientHeight < 80;
  }

  toEnd() {
    const scroll = this.element.querySelector("[data-chat-scroll]");
    scroll.scrollTop = scroll.scrollHeight;
  }
}

const roomOf = (element) => element.closest?.("[data-chat]")?.chat;

// --- keys, clicks, forms -------------------------------------------------------------------------------

function pressed(event) {
  if (event.key === "Escape" && event.target.closest?.("[data-chat-window]")) return close();
  const form = event.target.closest?.("[data-chat-composer]");
  if (!form || event.target.name !== "body" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
}

function typed(event) {
  if (event.target.matches?.("[data-chat-draft]")) keep(event.target);
  if (event.target.matches?.("[data-chat-composer] textarea")) roomOf(event.target)?.typing();
}

function submitted(event) {
  const form = event.target;
  const room = roomOf(form);
  if (form.matches("[data-chat-composer]") && room) {
    event.preventDefault();
    room.say(form);
  } else if (form.matches("[data-chat-form]") && room) {
    event.preventDefault();
    act(form, room);
  } else if (form.matches("[data-chat-start]")) {
    event.preventDefault();
    begin(form);
  }
}

async function act(form, room) {
  const answer = await post(form.action, new FormData(form));
  if (answer.ok) return room.ask();
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const foot = fresh.content.querySelector("[data-chat-foot]");
  if (foot) room.replaceFoot(foot);
}

// The first message is kept in the form until the server has it; its names are made once, so trying again is safe.
async function begin(form, tries = 0) {
  if (form.dataset.chatSending !== undefined && !tries) return;
  form.dataset.chatSending = "";
  const answer = await post(form.action, new FormData(form));
  if (failed(answer)) {
    tell(form, form.closest("[data-chat-begin]").dataset.labelOffline);
    setTimeout(() => form.isConnected && begin(form, tries + 1), RETRY[Math.min(tries, RETRY.length - 1)]);
    return;
  }
  delete form.dataset.chatSending;
  if (answer.ok) {
    forgetDraft("begin");
    return show(form, await part(answer.headers.get("HX-Redirect")), answer.headers.get("HX-Redirect"));
  }
  show(form, await answer.text());
}

function tell(form, words) {
  const place = form.querySelector("[data-chat-offline]");
  place.textContent = words;
  place.hidden = false;
}

function show(form, html, address) {
  const place = form.closest("[data-chat-body], .chat-page");
  place.innerHTML = html;
  bindAll(place);
  if (address && place.matches(".chat-page")) history.replaceState(null, "", address);
  place.querySelector("textarea")?.focus();
}

async function part(address) {
  const answer = await wait(fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin", cache: "no-store" }));
  return answer.status === 200 ? answer.text() : "";
}

function clicked(event) {
  const target = event.target;
  const line = target.closest("[data-chat-outbox] [data-chat-key]");
  if (target.closest("[data-chat-retry]")) roomOf(line).again(line.dataset.chatKey);
  if (target.closest("[data-chat-drop]")) roomOf(line).drop(line.dataset.chatKey);
  const bubble = target.closest("[data-chat-bubble]");
  if (bubble && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(bubble.href);
  }
  if (target.closest("[data-chat-close]")) close();
  const anew = target.closest("[data-chat-window] :is([data-chat-new], [data-chat-away])");
  if (anew) {
    event.preventDefault();
    remember("");
    open(anew.href);
  }
}

// --- the bubble ----------------------------------------------------------------------------------------

const REMEMBERED = "chat:open";
const SHOWN = "chat:shown";
const frame = () => document.querySelector("[data-chat-window]");

async function open(address) {
  const place = frame();
  place.hidden = false;
  document.querySelector("[data-chat-bubble]").hidden = true;
  sessionStorage.setItem(SHOWN, "1");
  const body = place.querySelector("[data-chat-body]");
  const known = body.querySelector("[data-chat]");
  if (!known || !remembered()) {
    const html = await part(address);
    if (!html) return location.assign(address);
    body.innerHTML = html;
    bindAll(body);
  }
  body.querySelector("[data-chat]")?.chat.toEnd();
  body.querySelector("[data-chat]")?.chat.noteRead();
  body.querySelector("textarea")?.focus();
}

function close() {
  frame().hidden = true;
  sessionStorage.removeItem(SHOWN);
  const bubble = document.querySelector("[data-chat-bubble]");
  bubble.hidden = false;
  bubble.focus();
}

// A chat that goes on is there on the next page too, closed or open as it was.
async function openAgain() {
  const place = frame();
  if (!place || !remembered()) return;
  const bubble = document.querySelector("[data-chat-bubble]");
  const html = await part(`${bubble.pathname}${remembered()}/`);
  if (!html) return remember("");
  const body = place.querySelector("[data-chat-body]");
  body.innerHTML = html;
  const isShown = sessionStorage.getItem(SHOWN) !== null;
  if (!isShown && body.querySelector("[data-state=ended]")) {
    body.replaceChildren();
    return remember("");
  }
  place.hidden = !isShown;
  bubble.hidden = isShown;
  bindAll(body);
}

function remembered() {
  return localStorage.getItem(REMEMBERED) ?? "";
}

function remember(reference) {
  if (reference) localStorage.setItem(REMEMBERED, reference);
  else localStorage.removeItem(REMEMBERED);
}

function count(unread) {
  const badge = document.querySelector("[data-chat-count]");
  if (!badge) return;
  badge.textContent = unread;
  badge.hidden = !unread;
}

// --- drafts --------------------------------------------------------------------------------------------

const draft = (name) => `chat:draft:${name}`;

function keep(field) {
  if (field.value) sessionStorage.setItem(draft(field.dataset.chatDraft), field.value);
  else forgetDraft(field.dataset.chatDraft);
}

function forgetDraft(name) {
  sessionStorage.removeItem(draft(name));
}

function restore(field) {
  if (!field.value) field.value = sessionStorage.getItem(draft(field.dataset.chatDraft)) ?? "";
}
