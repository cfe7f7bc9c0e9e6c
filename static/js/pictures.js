// <form data-pictures="address">: a picture that is pasted into the text, dropped onto it or chosen with
// [data-picture-choose] is kept on the server at once, and stands where the caret is. [data-picture-drop] takes a kept
// file away again, and its mark out of the text.
import { post } from "./chat_wire.js";
import { show } from "./toasts.js";

const FIELDS = ["body", "key", "macros", "steps", "draft"];
const waiting = new WeakMap();

export function start() {
  document.addEventListener("paste", (event) => {
    const form = formOf(event.target);
    const pictures = form ? picturesIn(event.clipboardData) : [];
    // Office programs put a drawing of the text beside the text: then the text is what was meant.
    if (!pictures.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    keepAll(form, pictures);
  });
  document.addEventListener(
    "drop",
    (event) => {
      const form = formOf(event.target);
      const pictures = form ? picturesIn(event.dataTransfer) : [];
      if (!pictures.length || pictures.length < event.dataTransfer.files.length) return;
      event.preventDefault();
      event.stopPropagation();
      form.classList.remove("dropzone--over");
      keepAll(form, pictures);
    },
    true,
  );
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-picture-choose]")) return;
    keepAll(event.target.form, [...event.target.files]);
    event.target.value = "";
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-picture-drop]");
    if (!button) return;
    event.preventDefault();
    drop(button);
  });
}

const formOf = (target) => (target.matches?.("[data-pictures] textarea") ? target.form : null);

const picturesIn = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));

// One after the other, so that all lie in one draft; nothing is sent meanwhile.
function keepAll(form, pictures) {
  const before = waiting.get(form) ?? Promise.resolve();
  const all = pictures.reduce((ahead, picture) => ahead.then(() => keep(form, picture)), before);
  waiting.set(form, all);
  busy(form, true);
  all.finally(() => waiting.get(form) === all && busy(form, false));
}

function busy(form, on) {
  form.ariaBusy = on ? "true" : "false";
  for (const button of form.querySelectorAll("[data-send], [name=then]")) button.disabled = on;
}

async function keep(form, picture) {
  const answer = await post(form.dataset.pictures, asked(form, picture));
  const said = await answer.text();
  if (!answer.ok) return show(said && answer.status < 500 ? said : form.dataset.pictureFailed, "error");
  const part = document.createElement("template");
  part.innerHTML = said;
  const chip = part.content.querySelector("[data-picture]");
  form.elements.draft.value = chip.dataset.draft;
  for (const hidden of chip.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
  form.querySelector("[data-kept]").append(chip);
  write(form.elements.body, chip.dataset.picture);
}

function asked(form, picture) {
  const given = new FormData();
  const all = new FormData(form);
  for (const name of FIELDS) for (const value of all.getAll(name)) given.append(name, value);
  given.append("kind", form.dataset.draftKind);
  given.append("picture", picture);
  return given;
}

function write(field, mark) {
  const before = field.value.slice(0, field.selectionStart);
  const after = field.value.slice(field.selectionEnd);
  const text = `${before && !before.endsWith("\n") ? "\n" : ""}${mark}${after.startsWith("\n") ? "" : "\n"}`;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function drop(button) {
  const { form } = button;
  const chip = button.closest("[data-picture]");
  const answer = await post(button.formAction, new FormData());
  if (!answer.ok) return show(answer.status === 409 ? await answer.text() : form.dataset.pictureFailed, "error");
  const field = form.elements.body;
  field.value = field.value.replace(`${chip.dataset.picture}\n`, "").replace(chip.dataset.picture, "");
  chip.remove();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
