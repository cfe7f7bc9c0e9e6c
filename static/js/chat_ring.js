// [data-chat-ringing] is a chat that rings for the reader, wherever they are: the seconds that are left are counted
// down, the tab says so, and a hint of the server fetches what rings now. What rings no more goes by itself.
const SIGN = "● ";

export function start() {
  document.addEventListener("live:ring", fetchAgain);
  // The first time, it is as young as the stream.
  let isFirst = true;
  document.addEventListener("live:resync", () => {
    if (!isFirst) fetchAgain();
    isFirst = false;
  });
  setInterval(countDown, 1_000);
}

export function bind() {
  countDown();
}

function fetchAgain() {
  if (document.querySelector("#chat-ring")) window.htmx.trigger("#chat-ring", "fetch");
}

function countDown() {
  let isOver = false;
  for (const time of document.querySelectorAll("[data-chat-rings-until]")) {
    const left = Math.ceil((Date.parse(time.dateTime) - Date.now()) / 1000);
    time.textContent = `${Math.max(0, left)} s`;
    isOver ||= left === -1;
  }
  if (isOver) fetchAgain();
  const rings = Boolean(document.querySelector("[data-chat-ringing]"));
  if (rings !== document.title.startsWith(SIGN)) document.title = rings ? SIGN + document.title : document.title.slice(SIGN.length);
}
