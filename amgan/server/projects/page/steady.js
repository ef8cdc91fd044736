// A page that changes by itself takes nothing out of somebody's hands: what is pressed or dragged stays until it is let
// go, and what has the focus has it still, with what was typed.

const CLICK_MILLISECONDS = 300; // a click that follows has been heard by then
const pressed = new Set(); // ids of pointers that are down
let isDragging = false;
const waiting = new Map(); // what is to be shown, by who shows it

// Shows by calling `show`, at once or as soon as nothing is held; of several waiting ones of a view only the last.
export function steadily(view, show) {
  waiting.set(view, show);
  showWaiting();
}

// Other children, among which what had the focus is found again: the same of the same, which data-of around it names.
export function replaceSteadily(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const of = focused && whose(focused);
  place.replaceChildren(...children);
  if (!focused) return;
  const found = [...place.querySelectorAll(focused.tagName)].find((node) => node.outerHTML === focused.outerHTML && whose(node) === of);
  if (!found) return;
  if (found.value !== focused.value) found.value = focused.value;
  found.focus({ preventScroll: true });
}

function whose(node) {
  return node.closest("[data-of]")?.dataset.of;
}

function showWaiting() {
  if (pressed.size || isDragging) return;
  const shows = [...waiting.values()];
  waiting.clear();
  shows.forEach((show) => show());
}

function letGo(milliseconds = CLICK_MILLISECONDS) {
  if (waiting.size) setTimeout(showWaiting, milliseconds);
}

addEventListener("pointerdown", ({ pointerId, isPrimary, button }) => {
  if (isPrimary) {
    pressed.clear();
    isDragging = false;
  }
  if (button === 0) pressed.add(pointerId);
}, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, ({ pointerId }) => {
    pressed.delete(pointerId);
    letGo();
  }, true);
}
addEventListener("click", () => letGo(0));
addEventListener("dragstart", () => { isDragging = true; }, true); // a pointercancel follows
addEventListener("dragend", () => {
  isDragging = false;
  letGo(0);
}, true);
// Where an end is never said: behind a menu, another window, or the bar that scrolls the page.
function forget() {
  pressed.clear();
  letGo(0);
}
addEventListener("contextmenu", forget);
addEventListener("blur", forget);
addEventListener("pointermove", ({ buttons }) => {
  if (pressed.size && !buttons) forget();
}, { capture: true, passive: true });
