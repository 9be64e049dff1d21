// The map: points of an embedding that can be panned, zoomed, pointed at and clicked. maps.py says what it is given.

import { decodeColours, decodePlaces, decodeWords, read } from "./blob.js";
import { CanvasRenderer } from "./canvas2d.js";
import { Grid } from "./grid.js";
import { Legend } from "./legend.js";
import { Overlay } from "./overlay.js";
import { listen } from "./pointer.js";
import { palette, readTheme } from "./theme.js";
import { Tooltip } from "./tooltip.js";
import { View } from "./view.js";
import { webglRenderer } from "./webgl.js";

const OPACITY = 0.85;
const REACH = 9; // pixels from the pointer to a point
const TOUCH_REACH = 22;
const POSTER_WAIT = 90; // milliseconds of rest before a poster is asked for
const POSTERS_ASKED = 6;
const MOVE_TIME = 700;

class PointMap {
  view = new View();
  picked = [];
  near = [];
  hovered = -1;
  hurried = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(root) {
    const $ = (selector) => root.querySelector(selector);
    Object.assign(this, { frame: $(".map"), canvas: $(".points"), labels: true });
    this.overlay = new Overlay($(".overlay"));
    this.tooltip = new Tooltip($(".tip"));
    this.legend = new Legend($(".legend"), () => this.recolour());
    this.leaving = new AbortController();
    this.size = new ResizeObserver(() => this.resize());
    this.size.observe(this.frame);
    listen($(".overlay"), this.frame, this, this.leaving.signal);
    const press = (name, action) => $(name).addEventListener("click", action, { signal: this.leaving.signal });
    press(".in", () => this.zoomBy(1.6));
    press(".out", () => this.zoomBy(1 / 1.6));
    press(".all", () => this.showAll());
    press(".titles", () => this.toggleTitles());
  }

  /** New data from Python: only what changed is read and drawn again. */
  async update(data, send) {
    this.send = send;
    this.data = data;
    const [points, words, codes] = await Promise.all([
      read(data.points, decodePlaces),
      read(data.words, decodeWords),
      read(data.look.codes, decodeColours),
    ]);
    if (data !== this.data || this.leaving.signal.aborted) return;
    Object.assign(points, words); // a row's words stay when it moves
    this.chooseRenderer(data.renderer);
    if (points !== this.points) this.take(points);
    this.codes = codes;
    this.frame.classList.toggle("titled", data.titles);
    this.frame.classList.toggle("low", data.low);
    this.frame.querySelector(".label").textContent = data.label;
    this.recolour();
    this.tooltip.receive(data.posters ?? {}, points);
    this.highlight(data.picked, data.near);
    this.frame.dataset.ready = data.points;
  }

  /** New points; where they are the same things as before, they travel to their new places. */
  take(points) {
    const old = this.things === this.data.things && this.points?.n === points.n ? this.midway : points;
    Object.assign(this, { before: old, points, things: this.data.things, grid: new Grid(points) });
    this.view.setBox(points);
    this.renderer.setPoints(old, points);
    this.moveStart = old === points ? -Infinity : performance.now();
    this.resize();
    if (old === points) {
      this.tooltip.posters.clear();
      this.view.fit();
    }
    this.unhover();
  }

  highlight(picked, near) {
    const fresh = JSON.stringify(picked) !== JSON.stringify(this.picked);
    Object.assign(this, { picked, near });
    const [first] = picked;
    if (fresh && first !== undefined && !this.view.holds(this.place(first))) this.view.fit();
    this.draw(fresh);
  }

  chooseRenderer(wanted) {
    if (this.renderer) return;
    try {
      this.renderer = wanted === "canvas" ? null : webglRenderer(this.canvas);
    } catch (error) {
      console.warn("map: WebGL refused, drawing on a canvas instead", error);
      const fresh = this.canvas.cloneNode(); // a canvas that held WebGL gives no 2D context
      this.canvas.replaceWith(fresh);
      this.canvas = fresh;
    }
    this.renderer ??= new CanvasRenderer(this.canvas);
    this.frame.dataset.renderer = this.renderer.kind;
    const on = (name, action) => this.canvas.addEventListener(name, action, { signal: this.leaving.signal });
    on("webglcontextlost", (event) => {
      event.preventDefault();
      this.lost = true;
    });
    on("webglcontextrestored", () => {
      this.lost = false;
      this.renderer.restore();
      this.draw(true);
    });
  }

  recolour() {
    this.theme = readTheme(this.frame);
    const isOff = (code) => this.legend.off.has(code) && this.data.look.kind === "classes";
    this.legend.draw(this.data.look, this.theme);
    this.renderer.setColours(this.codes, palette(this.data.look, this.theme, isOff));
    this.draw(true);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    if (!width || !height || !this.points) return;
    for (const canvas of [this.canvas, this.overlay.canvas]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.view.resize(width, height, ratio);
    if (this.theme && this.codes) this.paint(true); // in the same frame: no flicker
  }

  draw(points) {
    this.stale ||= points;
    this.frameAsked ||= requestAnimationFrame(() => {
      this.frameAsked = 0;
      const all = this.stale;
      this.stale = false;
      this.paint(all);
    });
  }

  paint(all) {
    if (!this.points || !this.view.width) return;
    const moved = this.travelled;
    const radius = this.view.radius(this.points.n);
    if (all && !this.lost) this.renderer.draw(this.view, radius, OPACITY, moved);
    const { view, theme, points, picked, near, hovered } = this;
    const [place, shown] = [(row) => this.place(row), (row) => this.shown(row)];
    const labels = this.labels && this.data.titles && moved === 1;
    this.overlay.paint({ view, theme, points, picked, near, hovered, radius, labels, place, shown });
    if (moved < 1) this.draw(true);
  }

  /** How far the points have come from their old places to the new ones, 0..1, slow at both ends. */
  get travelled() {
    const share = Math.min(1, (performance.now() - (this.moveStart ?? -Infinity)) / (this.hurried.matches ? 1 : MOVE_TIME));
    return share * share * (3 - 2 * share);
  }

  place(row) {
    return this.view.toScreen(this.between("x", row), this.between("y", row));
  }

  between(axis, row) {
    const from = this.before[axis][row];
    return from + (this.points[axis][row] - from) * this.travelled;
  }

  /** The points where they are drawn now, which is on their way where they have not arrived. */
  get midway() {
    if (this.travelled === 1) return this.points;
    const on = (axis) => this.points[axis].map((_, row) => this.between(axis, row));
    return { ...this.points, x: on("x"), y: on("y") };
  }

  shown(row) {
    return this.data.look.kind !== "classes" || !this.legend.off.has(this.codes[row]);
  }

  rowsAt(x, y, reach, count = 1) {
    const at = this.view.toUnit(x, y);
    const radius = (reach / this.view.scale) * 65535;
    return this.grid.nearest(at.x * 65535, at.y * 65535, radius, count, (row) => this.shown(row));
  }

  hover(x, y, reach = REACH) {
    if (!this.points) return -1;
    const [row = -1] = this.rowsAt(x, y, reach);
    if (row < 0) return this.unhover();
    if (row !== this.hovered) {
      this.hovered = row;
      this.tooltip.show(row, this.points, this.data.withPosters);
      this.askForPosters(x, y);
      this.draw(false);
    }
    this.frame.classList.add("pointing");
    this.tooltip.moveTo(this.place(row), this.view);
    return row;
  }

  unhover() {
    clearTimeout(this.asking);
    if (this.hovered >= 0) this.draw(false);
    this.hovered = -1;
    this.frame.classList.remove("pointing");
    this.tooltip.hide();
    return -1;
  }

  /** After a short rest on a point, ask Python for its poster and those of a few points around it. */
  askForPosters(x, y) {
    clearTimeout(this.asking);
    const { posters } = this.tooltip;
    if (!this.data.withPosters || posters.has(this.hovered)) return;
    this.asking = setTimeout(() => {
      const around = this.rowsAt(x, y, 60, POSTERS_ASKED * 2).filter((row) => row !== this.hovered && !posters.has(row));
      this.send("peeked", [this.hovered, ...around.slice(0, POSTERS_ASKED - 1)]);
    }, POSTER_WAIT);
  }

  click(x, y, isTouch) {
    const row = this.hover(x, y, isTouch ? TOUCH_REACH : REACH);
    if (row < 0) return;
    clearTimeout(this.asking); // Python answers a click with the poster too
    this.send("clicked", row);
  }

  moved() {
    this.draw(true);
  }

  zoomBy(factor) {
    this.view.zoomAt(this.view.width / 2, this.view.height / 2, factor);
    this.moved();
  }

  showAll() {
    this.view.fit();
    this.moved();
  }

  toggleTitles() {
    this.labels = !this.labels;
    this.frame.querySelector(".titles").setAttribute("aria-pressed", String(this.labels));
    this.draw(false);
  }

  destroy() {
    this.leaving.abort();
    this.size.disconnect();
    cancelAnimationFrame(this.frameAsked);
    this.renderer?.destroy();
  }
}

/** Called by Streamlit at each change of data or theme; the instance is kept on its parent until it leaves the page. */
export default function mount({ data, parentElement, setTriggerValue }) {
  parentElement.pointMap ??= new PointMap(parentElement);
  const map = parentElement.pointMap;
  map.update(data, setTriggerValue).catch((error) => {
    map.frame.dataset.error = error.message;
  });
  return () => {
    map.destroy();
    delete parentElement.pointMap;
  };
}
