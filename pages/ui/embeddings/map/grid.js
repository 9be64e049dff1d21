// Which point is near a place: a flat grid over the quantised positions, made by a counting sort.

const CELLS = 128;
const CELL = 65536 / CELLS;

export class Grid {
  constructor({ n, x, y }) {
    this.x = x;
    this.y = y;
    this.start = new Uint32Array(CELLS * CELLS + 1);
    const cell = new Uint16Array(n);
    for (let row = 0; row < n; row++) {
      cell[row] = ((y[row] / CELL) | 0) * CELLS + ((x[row] / CELL) | 0);
      this.start[cell[row] + 1]++;
    }
    for (let k = 0; k < CELLS * CELLS; k++) this.start[k + 1] += this.start[k];
    this.rows = new Uint32Array(n);
    const next = this.start.slice();
    for (let row = 0; row < n; row++) this.rows[next[cell[row]]++] = row;
  }

  /** The `count` rows nearest to (x, y) within `radius`, nearest first; `shown` tells which rows count. */
  nearest(x, y, radius, count, shown) {
    const found = [];
    this.each(x, y, radius, (row) => {
      const distance = (this.x[row] - x) ** 2 + (this.y[row] - y) ** 2;
      if (distance <= radius * radius && shown(row)) found.push([distance, row]);
    });
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, count).map((pair) => pair[1]);
  }

  each(x, y, radius, visit) {
    const within = (value) => Math.max(0, Math.min(CELLS - 1, Math.floor(value / CELL)));
    const [left, right] = [within(x - radius), within(x + radius)];
    for (let line = within(y - radius); line <= within(y + radius); line++) {
      const end = this.start[line * CELLS + right + 1];
      for (let at = this.start[line * CELLS + left]; at < end; at++) visit(this.rows[at]);
    }
  }
}
