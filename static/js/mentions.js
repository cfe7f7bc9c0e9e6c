// <textarea data-mentions="id of a datalist">: after an at sign the names of colleagues are offered; the arrow keys
// choose, Enter or Tab takes, Escape closes.
const NAMED = /(?:^|[^A-Za-z0-9._-])[@＠]([^@＠\n]{0,30})$/;
const MOST = 6;

export function start() {
  document.addEventListener("input", (event) => event.target.matches?.("[data-mentions]") && offer(event.target));
  document.addEventListener("focusout", (event) => event.target.matches?.("[data-mentions]") && setTimeout(() => close(event.target), 150));
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-mention]");
    if (!option) return;
    event.preventDefault();
    take(option.closest("form").querySelector("[data-mentions]"), option.textContent);
  });
  document.addEventListener("keydown", steer, true);
}

const list = (field) => field.form.querySelector("[data-mentions-list]");
const begun = (field) => field.value.slice(0, field.selectionStart).match(NAMED)?.[1];

function offer(field) {
  const words = begun(field)?.toLowerCase();
  const names = [...document.getElementById(field.dataset.mentions).options].map((option) => option.value);
  const fitting = words === undefined ? [] : names.filter((name) => name.toLowerCase().includes(words)).slice(0, MOST);
  list(field).replaceChildren(...fitting.map(drawn));
  list(field).hidden = !fitting.length;
}

function drawn(name, place) {
  const item = document.createElement("li");
  item.dataset.mention = "";
  item.className = "mentions__one";
  item.textContent = name;
  if (place === 0) item.setAttribute("aria-selected", "true");
  return item;
}

function steer(event) {
  const field = event.target;
  if (!field.matches?.("[data-mentions]") || list(field).hidden || event.isComposing) return;
  const all = [...list(field).children];
  const here = all.findIndex((one) => one.hasAttribute("aria-selected"));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    all[here].removeAttribute("aria-selected");
    all[(here + step + all.length) % all.length].setAttribute("aria-selected", "true");
  } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
    take(field, all[here].textContent);
  } else if (event.key === "Escape") {
    close(field);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function take(field, name) {
  const end = field.selectionStart;
  field.setRangeText(`${name} `, end - begun(field).length, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close(field);
}

function close(field) {
  list(field).hidden = true;
}
