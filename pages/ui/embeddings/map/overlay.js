// What lies over the points on a canvas of its own: the picked point, its neighbours, the hovered one, and titles.

import { shorten } from "./titles.js";

const LABELS_PER_PIXEL = 1 / 40000; // at the widest view; more where there is room
const LOOKED_AT = 6000;
const LINE = 15;
const AIR = 14; // pixels kept free around a title that is there only for orientation

export class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.widths = new Map();
    this.shorts = new Map();
  }

  /** Paint all; `scene` holds points, view, theme, radius, picked, near, hovered, labels (on or off) and shown(row). */
  paint(scene) {
    const { context: c } = this;
    const { view } = scene;
    c.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    c.clearRect(0, 0, view.width, view.height);
    this.taken = [];
    if (scene.picked.length === 1) this.threads(scene);
    for (const row of scene.near) this.ring(scene, row, scene.radius + 2.5, scene.theme.primary, 2);
    for (const row of scene.picked) this.ring(scene, row, scene.radius + 5, scene.theme.primary, 3);
    if (scene.hovered >= 0) this.ring(scene, scene.hovered, scene.radius + 2.5, scene.theme.text, 2);
    this.titles(scene);
  }

  /** Thin lines from the picked point to its neighbours. */
  threads(scene) {
    const { context: c } = this;
    const from = scene.place(scene.picked[0]);
    c.strokeStyle = scene.theme.primary;
    c.globalAlpha = 0.45;
    c.lineWidth = 1;
    for (const row of scene.near) {
      const to = scene.place(row);
      c.beginPath();
      c.moveTo(from.x, from.y);
      c.lineTo(to.x, to.y);
      c.stroke();
    }
    c.globalAlpha = 1;
  }

  ring(scene, row, radius, colour, width) {
    const at = scene.place(row);
    if (!scene.view.holds(at, 20)) return;
    const { context: c } = this;
    for (const [stroke, thickness] of [[scene.theme.background, width + 3], [colour, width]]) {
      c.beginPath();
      c.arc(at.x, at.y, radius, 0, 7);
      c.lineWidth = thickness;
      c.strokeStyle = stroke;
      c.stroke();
    }
  }

  /** Titles without overlap: the picked point, its neighbours, then the most important points in sight. */
  titles(scene) {
    const { context: c } = this;
    c.font = `600 12px ${scene.theme.font}`;
    c.textBaseline = "middle";
    c.lineJoin = "round";
    for (const row of scene.picked) this.title(scene, row, 1, scene.theme.primary);
    for (const row of scene.near) this.title(scene, row, 1, scene.theme.text);
    if (!scene.labels) return;
    c.font = `12px ${scene.theme.font}`;
    const zoom = Math.min(2.5, Math.max(1, scene.view.zoom ** 0.5));
    const named = new Set([...scene.picked, ...scene.near]);
    let left = Math.round(scene.view.width * scene.view.height * LABELS_PER_PIXEL * zoom);
    for (let k = 0; k < Math.min(scene.points.n, LOOKED_AT) && left > 0; k++) {
      const row = scene.points.order[k];
      if (named.has(row)) continue;
      if (scene.shown(row) && this.title(scene, row, 0.82, scene.theme.text, AIR)) left--;
    }
  }

  title(scene, row, opacity, colour, air = 3) {
    const at = scene.place(row);
    if (!scene.view.holds(at)) return false;
    const { context: c } = this;
    const text = this.short(scene.points.titles[row]);
    const width = this.width(text);
    const x = at.x + scene.radius + 6 + width > scene.view.width ? at.x - scene.radius - 6 - width : at.x + scene.radius + 6;
    const box = [x - air, at.y - (LINE + air) / 2, x + width + air, at.y + (LINE + air) / 2];
    if (this.taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) return false;
    this.taken.push(box);
    c.globalAlpha = opacity;
    c.lineWidth = 3.5;
    c.strokeStyle = scene.theme.background;
    c.strokeText(text, x, at.y);
    c.fillStyle = colour;
    c.fillText(text, x, at.y);
    c.globalAlpha = 1;
    return true;
  }

  short(title) {
    if (!this.shorts.has(title)) this.shorts.set(title, shorten(title));
    return this.shorts.get(title);
  }

  width(text) {
    const key = this.context.font + text;
    if (!this.widths.has(key)) this.widths.set(key, this.context.measureText(text).width);
    return this.widths.get(key);
  }
}
