// What was written and has not reached the server yet, by chat. It outlives the page, and tabs share it.
// Where the browser keeps nothing, it lives as long as the page.
const shelf = (reference) => `chat:outbox:${reference}`;
const inPage = new Map();

export function loadOutbox(reference) {
  if (inPage.has(reference)) return inPage.get(reference);
  try {
    return JSON.parse(localStorage.getItem(shelf(reference))) ?? [];
  } catch {
    return [];
  }
}

export function saveOutbox(reference, entries) {
  inPage.delete(reference);
  try {
    if (entries.length) localStorage.setItem(shelf(reference), JSON.stringify(entries));
    else localStorage.removeItem(shelf(reference));
  } catch {
    inPage.set(reference, entries);
  }
}

export const dropOutbox = (reference) => saveOutbox(reference, []);

// A name for a message that nobody else gives: the server takes it once, however often it comes.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
