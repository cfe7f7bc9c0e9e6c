// A form that was refused puts the caret where something is wrong, so that nobody has to look for it. What somebody
// else is typing in keeps the caret.
const WRONG = "form[method=post] .field--wrong :is(input, select, textarea):not([type=hidden])";

export function start() {
  go(document);
}

export function bind(root) {
  if (root !== document && !root.contains(document.activeElement)) go(root);
}

function go(root) {
  const here = document.activeElement;
  if (here && here !== document.body && !here.matches("main, dialog, button")) return;
  const field = [...root.querySelectorAll(WRONG)].find((each) => each.offsetParent);
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: "center" });
}
