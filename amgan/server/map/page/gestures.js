// What fingers, mouse, wheel and keys do to the wall.

const TAP_PIXELS = 6;
const KEY_PIXELS = 28;
const KEY_ZOOM = 1.25;
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ZOOMS = { "+": KEY_ZOOM, "=": KEY_ZOOM, "-": 1 / KEY_ZOOM };

// `moved` is called after each move, `tapped` with a point that was clicked, and `hovered` with one that the mouse is on.
export function listen(wall, { moved, tapped, hovered }) {
  const { canvas } = wall;
  const down = new Map(); // the fingers and buttons that are down, by their pointers
  let travelled = 0;
  let clicked = null; // the mouse has not gone on since

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = (points) => [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  const apart = ([a, b]) => (b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0);

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (!down.size) travelled = 0;
    else travelled = Infinity; // two fingers are no tap
    down.set(event.pointerId, place(event));
    hovered(null);
  });

  canvas.addEventListener("pointermove", (event) => {
    const here = place(event);
    if (!down.has(event.pointerId)) {
      if (event.pointerType !== "mouse") return;
      if (clicked && apart([clicked, here]) < TAP_PIXELS) return;
      clicked = null;
      hovered(wall.at(...here));
      return;
    }
    const before = [...down.values()];
    down.set(event.pointerId, here);
    const after = [...down.values()];
    const [from, to] = [middle(before), middle(after)];
    travelled += apart([from, to]);
    if (travelled < TAP_PIXELS) return;
    wall.pan(to[0] - from[0], to[1] - from[1]);
    if (after.length === 2 && apart(before)) wall.zoom(apart(after) / apart(before), ...to);
    moved();
  });

  const lift = (event) => {
    if (!down.delete(event.pointerId) || down.size) return;
    if (event.type === "pointercancel" || travelled >= TAP_PIXELS) return;
    clicked = place(event);
    tapped(wall.at(...clicked));
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => hovered(null));

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    // A pinch on a touchpad comes as a wheel with Ctrl, in small numbers; some wheels count in lines.
    const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * 16;
    wall.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), ...place(event));
    moved();
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) wall.pan(...arrow.map((way) => way * KEY_PIXELS * (event.shiftKey ? 4 : 1)));
    else if (event.key in ZOOMS) wall.zoom(ZOOMS[event.key]);
    else return;
    event.preventDefault();
    hovered(null);
    moved();
  });
}
