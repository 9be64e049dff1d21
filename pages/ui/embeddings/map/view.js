// Where the unit square of the points lies on the screen: pan, zoom, fit, and both directions between the two.

const CLOSEST = 64;
const FARTHEST = 0.6;
const MARGIN = 28;

export class View {
  width = 0;
  height = 0;
  ratio = 1; // device pixels per CSS pixel
  scale = 1; // CSS pixels per unit
  left = 0;
  top = 0;
  box = { x0: 0, y0: 0, x1: 1, y1: 1 };

  /** The box of all points, in units. */
  setBox({ n, x, y }) {
    let [x0, y0, x1, y1] = [65535, 65535, 0, 0];
    for (let row = 0; row < n; row++) {
      x0 = Math.min(x0, x[row]);
      x1 = Math.max(x1, x[row]);
      y0 = Math.min(y0, y[row]);
      y1 = Math.max(y1, y[row]);
    }
    this.box = { x0: x0 / 65535, y0: y0 / 65535, x1: x1 / 65535, y1: y1 / 65535 };
  }

  /** New size on the screen: what was in the middle stays there. */
  resize(width, height, ratio) {
    const seen = this.width > 0;
    const centre = this.toUnit(this.width / 2, this.height / 2);
    const zoom = this.zoom;
    Object.assign(this, { width, height, ratio });
    if (!seen) return this.fit();
    this.scale = this.fitted * zoom;
    this.left = width / 2 - centre.x * this.scale;
    this.top = height / 2 - centre.y * this.scale;
  }

  /** The scale that shows all points. */
  get fitted() {
    const { x0, y0, x1, y1 } = this.box;
    const across = Math.max(40, this.width - 2 * MARGIN) / Math.max(x1 - x0, 1e-3);
    const down = Math.max(40, this.height - 2 * MARGIN) / Math.max(y1 - y0, 1e-3);
    return Math.min(across, down);
  }

  get zoom() {
    return this.scale / this.fitted;
  }

  fit() {
    const { x0, y0, x1, y1 } = this.box;
    this.scale = this.fitted;
    this.left = this.width / 2 - ((x0 + x1) / 2) * this.scale;
    this.top = this.height / 2 - ((y0 + y1) / 2) * this.scale;
  }

  pan(dx, dy) {
    this.left += dx;
    this.top += dy;
  }

  /** Zoom by `factor` about a place on the screen; tells whether anything changed. */
  zoomAt(x, y, factor) {
    const scale = Math.max(this.fitted * FARTHEST, Math.min(this.fitted * CLOSEST, this.scale * factor));
    const change = scale / this.scale;
    this.left = x - (x - this.left) * change;
    this.top = y - (y - this.top) * change;
    this.scale = scale;
    return Math.abs(change - 1) > 1e-6;
  }

  toScreen(x, y) {
    return { x: (x / 65535) * this.scale + this.left, y: (y / 65535) * this.scale + this.top };
  }

  toUnit(x, y) {
    return { x: (x - this.left) / this.scale, y: (y - this.top) / this.scale };
  }

  holds({ x, y }, margin = 0) {
    return x >= -margin && y >= -margin && x <= this.width + margin && y <= this.height + margin;
  }

  /** Points grow a little with the zoom, and are smaller where there are many. */
  radius(n) {
    const base = n > 20000 ? 1.6 : n > 5000 ? 2.3 : 3.4;
    return base * Math.min(2.4, Math.max(0.8, this.zoom ** 0.35));
  }
}
