// Points without WebGL: discs written by the processor into one picture, blended by hand.

export class CanvasRenderer {
  kind = "canvas";

  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
  }

  restore() {}

  destroy() {}

  setPoints(before, after) {
    Object.assign(this, { before, after });
  }

  setColours(codes, entries) {
    Object.assign(this, { codes, entries });
  }

  draw(view, radius, opacity, moved) {
    const { width, height } = this.canvas;
    if (this.picture?.width !== width || this.picture?.height !== height) {
      this.picture = this.context.createImageData(width, height);
    }
    const pixels = this.picture.data;
    pixels.fill(0);
    const disc = discOf(radius * view.ratio, opacity, width);
    const reach = Math.ceil(radius * view.ratio);
    const scale = (view.scale / 65535) * view.ratio;
    for (let row = 0; row < this.after.n; row++) {
      const x = Math.round(mix(this.before.x[row], this.after.x[row], moved) * scale + view.left * view.ratio);
      const y = Math.round(mix(this.before.y[row], this.after.y[row], moved) * scale + view.top * view.ratio);
      if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
      stamp(pixels, y * width + x, disc, this.entries, this.codes[row] * 4);
    }
    this.context.putImageData(this.picture, 0, 0);
  }
}

const mix = (a, b, share) => a + (b - a) * share;

/** [offset, coverage] of each pixel of a disc with a soft edge. */
function discOf(radius, opacity, width) {
  const reach = Math.ceil(radius);
  const disc = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy))) * opacity;
      if (cover > 0.02) disc.push([dy * width + dx, cover]);
    }
  }
  return disc;
}

/** One disc over what is there already ("source over"). */
function stamp(pixels, centre, disc, entries, entry) {
  const strength = entries[entry + 3] / 255;
  for (const [offset, cover] of disc) {
    const at = (centre + offset) * 4;
    const alpha = cover * strength;
    const below = (pixels[at + 3] / 255) * (1 - alpha);
    const total = alpha + below;
    for (let k = 0; k < 3; k++) pixels[at + k] = (entries[entry + k] * alpha + pixels[at + k] * below) / total;
    pixels[at + 3] = total * 255;
  }
}
