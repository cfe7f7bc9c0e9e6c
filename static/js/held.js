// [data-held-until]: counts the seconds until a reply leaves, and asks for the news when its time has come.
const TICK = 500;
const LATE = 1500;

let asked = 0;

export function start() {
  setInterval(() => {
    const all = [...document.querySelectorAll("[data-held-until]")];
    if (!all.length || document.hidden) return;
    for (const held of all) count(held);
    const over = all.some((held) => left(held) < -LATE);
    if (!over || performance.now() - asked < 2 * LATE) return;
    asked = performance.now();
    const poller = document.getElementById("poller");
    if (poller) window.htmx.trigger(poller, "fetch");
  }, TICK);
}

const left = (held) => Date.parse(held.dataset.heldUntil) - Date.now();

function count(held) {
  const words = held.querySelector("[data-held-words]");
  const seconds = Math.ceil(left(held) / 1000);
  const text = seconds > 0 ? words.dataset.one.replace("%s", seconds) : words.dataset.none;
  if (words.textContent !== text) words.textContent = text;
}
