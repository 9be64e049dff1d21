// Mouse, pen, fingers, wheel and keys -> pan, zoom, hover, click. One finger up or down still scrolls the page.

const CLICK_DISTANCE = 5;
const KEYS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

/** Listens on `canvas`; `map` has view, moved(), hover(x, y), unhover(), click(x, y, isTouch) and showAll(). */
export function listen(canvas, frame, map, signal) {
  const down = new Map(); // pointer id -> its last place
  let travelled = 0;
  const on = (target, name, action, options = {}) => target.addEventListener(name, action, { signal, ...options });
  const isTouch = (event) => event.pointerType === "touch";

  on(canvas, "pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, [event.offsetX, event.offsetY]);
    travelled = down.size > 1 ? Infinity : 0; // two fingers are never a click
  });

  on(canvas, "pointermove", (event) => {
    const [x, y] = [event.offsetX, event.offsetY];
    const last = down.get(event.pointerId);
    if (!last) return isTouch(event) || map.hover(x, y);
    travelled += Math.abs(x - last[0]) + Math.abs(y - last[1]);
    down.set(event.pointerId, [x, y]);
    if (travelled < CLICK_DISTANCE) return;
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    map.unhover();
    if (other) pinch(map, last, [x, y], other);
    else map.view.pan(x - last[0], y - last[1]);
    map.moved();
  });

  const lift = (event) => {
    if (!down.delete(event.pointerId) || event.type !== "pointerup") return;
    if (travelled < CLICK_DISTANCE) map.click(event.offsetX, event.offsetY, isTouch(event));
  };
  on(canvas, "pointerup", lift);
  on(canvas, "pointercancel", lift);
  on(canvas, "pointerleave", (event) => isTouch(event) || map.unhover()); // a finger always leaves: its card stays
  on(canvas, "touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });

  on(canvas, "wheel", (event) => {
    const step = event.deltaY * (event.deltaMode ? 0.05 : 0.0015);
    if (map.view.zoomAt(event.offsetX, event.offsetY, Math.exp(-step))) {
      event.preventDefault(); // at the end of the zoom the page scrolls
      map.moved();
    }
  }, { passive: false });

  on(frame, "keydown", (event) => {
    const middle = [map.view.width / 2, map.view.height / 2];
    if (event.key in KEYS) map.view.pan(...KEYS[event.key]);
    else if (event.key === "+" || event.key === "=") map.view.zoomAt(...middle, 1.4);
    else if (event.key === "-") map.view.zoomAt(...middle, 1 / 1.4);
    else if (event.key === "0" || event.key === "Home") return map.showAll();
    else return;
    event.preventDefault();
    map.moved();
  });
}

function pinch(map, from, to, other) {
  const distance = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]);
  map.view.pan((to[0] - from[0]) / 2, (to[1] - from[1]) / 2);
  map.view.zoomAt((to[0] + other[0]) / 2, (to[1] + other[1]) / 2, distance(to) / distance(from) || 1);
}
