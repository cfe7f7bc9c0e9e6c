// <div data-dropzone> around a file input: drop files onto it, see what will be sent.
export function start() {
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-dropzone]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.add("dropzone--over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    const zone = event.target.closest?.("[data-dropzone]");
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("dropzone--over");
  });
  document.addEventListener("drop", (event) => {
    const zone = event.target.closest?.("[data-dropzone]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("dropzone--over");
    add(zone.querySelector("input[type=file]"), event.dataTransfer.files);
  });
  document.addEventListener("change", (event) => {
    const zone = event.target.closest?.("[data-dropzone]");
    if (zone && event.target.type === "file") preview(zone, event.target.files);
  });
}

function add(input, files) {
  const all = new DataTransfer();
  for (const file of [...(input.multiple ? input.files : []), ...files].slice(0, input.multiple ? undefined : 1)) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function preview(zone, files) {
  const list = zone.querySelector("[data-dropzone-files]");
  for (const picture of list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
  list.replaceChildren(...[...files].map(shown));
}

function shown(file) {
  const item = document.createElement("li");
  item.className = "dropzone__file";
  const name = document.createElement("span");
  name.className = "dropzone__name";
  name.textContent = name.title = file.name;
  item.append(picture(file), name);
  return item;
}

function picture(file) {
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    return image;
  }
  const kind = document.createElement("span");
  kind.className = "dropzone__kind";
  kind.textContent = file.name.split(".").pop().slice(0, 5).toUpperCase();
  return kind;
}
