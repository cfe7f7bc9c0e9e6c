// The theme switch takes effect at once; the server remembers it by the same form.
export function start() {
  document.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button?.name !== "theme") return;
    event.preventDefault();
    const chosen = button.value;
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    for (const choice of document.querySelectorAll("button[name=theme]")) {
      if (choice.value === chosen) choice.setAttribute("aria-current", "true");
      else choice.removeAttribute("aria-current");
    }
    const body = new FormData(event.target, button);
    await fetch(button.formAction, { method: "POST", body, redirect: "manual" });
  }, true);
}
