// Keeps deadline chips true while the page stays open. The server sends the sentences and the same
// thresholds as core/durations.py rounds with; nothing is decided here.
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FINE_UNTIL = 4 * HOUR;
const HOURS_UNTIL = 48 * HOUR;
const EVERY = 20_000;

const fill = (pattern, facts) => pattern.replace(/%\((\w+)\)s/g, (_, name) => facts[name]);

export function length(seconds, words) {
  const whole = Math.floor(Math.abs(seconds));
  if (whole >= HOURS_UNTIL) {
    const count = Math.floor(whole / DAY);
    return fill(count === 1 ? words.day : words.days, { count });
  }
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  if (whole >= FINE_UNTIL) return fill(words.hours, { hours });
  if (hours && minutes) return fill(words.fine, { hours, minutes });
  if (hours) return fill(words.hours, { hours });
  return fill(words.minutes, { minutes: Math.max(1, minutes) });
}

function refresh(chip, words, now) {
  const left = (Date.parse(chip.dataset.dueAt) - now) / 1000;
  const tone = left <= 0 ? "late" : left <= Number(words.soon) ? "soon" : "running";
  const text = fill(left > 0 ? words.due : words.late, { time: length(left, words) });
  if (chip.textContent === text && chip.classList.contains(`deadline--${tone}`)) return;
  chip.textContent = text;
  chip.classList.remove("deadline--running", "deadline--soon", "deadline--late");
  chip.classList.add(`deadline--${tone}`);
}

function refreshAll() {
  const words = document.getElementById("time-words")?.dataset;
  if (!words) return;
  const now = Date.now();
  for (const chip of document.querySelectorAll("[data-due-at]")) refresh(chip, words, now);
}

export function start() {
  setInterval(() => document.hidden || refreshAll(), EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || refreshAll());
}
