// What was written and has not reached the server yet, by chat. It outlives the page, and tabs share it.
const shelf = (reference) => `chat:outbox:${reference}`;

export function loadOutbox(reference) {
  try {
    return JSON.parse(localStorage.getItem(shelf(reference))) ?? [];
  } catch {
    return [];
  }
}

export function saveOutbox(reference, entries) {
  if (entries.length) localStorage.setItem(shelf(reference), JSON.stringify(entries));
  else dropOutbox(reference);
}

export function dropOutbox(reference) {
  localStorage.removeItem(shelf(reference));
}

// A name for a message that nobody else gives: the server takes it once, however often it comes.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
