// The main menu may be longer than the screen: it shows the entry of the page that is open.
export function start() {
  document.querySelector(".rail__list [aria-current]")?.scrollIntoView({ block: "nearest" });
}
