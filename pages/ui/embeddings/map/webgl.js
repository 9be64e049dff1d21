// Points by WebGL2 alone. Each point has an old and a new place, so that a change of places is one moving number.

const VERTEX = `#version 300 es
precision highp float;
in vec2 before; in vec2 after; in float code;
uniform vec4 place; uniform float size; uniform float moved;
uniform sampler2D palette;
out vec4 colour;
void main() {
  gl_Position = vec4(mix(before, after, moved) * place.xy + place.zw, 0., 1.);
  gl_PointSize = size;
  colour = texelFetch(palette, ivec2(int(code), 0), 0);
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 colour; uniform float size; uniform float opacity; out vec4 pixel;
void main() {
  float edge = clamp(size * .5 - length(gl_PointCoord - .5) * size, 0., 1.);
  float alpha = edge * opacity * colour.a;
  if (alpha <= 0.) discard;
  pixel = vec4(colour.rgb * alpha, alpha);
}`;

/** A renderer of points on `canvas`, or null where the browser has no WebGL2. */
export function webglRenderer(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true });
  return gl && new WebglRenderer(canvas, gl);
}

class WebglRenderer {
  kind = "webgl";
  n = 0;

  constructor(canvas, gl) {
    Object.assign(this, { canvas, gl });
    this.restore();
  }

  /** All that the graphics card holds: made at the start, and anew after the card lost it. */
  restore() {
    const { gl } = this;
    this.program = link(gl, ["before", "after", "code"]);
    this.at = (name) => gl.getUniformLocation(this.program, name);
    this.buffers = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
    this.texture = gl.createTexture();
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    if (this.places) this.setPoints(...this.places);
    if (this.codes) this.setColours(this.codes, this.entries);
  }

  setPoints(before, after) {
    this.places = [before, after];
    this.n = after.n;
    [before, after].forEach((points, index) => {
      const xy = new Uint16Array(points.n * 2);
      for (let row = 0; row < points.n; row++) {
        xy[2 * row] = points.x[row];
        xy[2 * row + 1] = points.y[row];
      }
      this.fill(index, xy, 2, this.gl.UNSIGNED_SHORT, true);
    });
  }

  setColours(codes, entries) {
    const { gl } = this;
    Object.assign(this, { codes, entries });
    this.fill(2, codes, 1, gl.UNSIGNED_BYTE, false);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, entries);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
  }

  fill(index, array, width, type, normalised) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[index]);
    gl.bufferData(gl.ARRAY_BUFFER, array, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(index);
    gl.vertexAttribPointer(index, width, type, normalised, 0, 0);
  }

  draw(view, radius, opacity, moved) {
    const { gl } = this;
    const { width, height, scale, left, top, ratio } = view;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform4f(this.at("place"), (2 * scale) / width, (-2 * scale) / height, (2 * left) / width - 1, 1 - (2 * top) / height);
    gl.uniform1f(this.at("size"), 2 * radius * ratio);
    gl.uniform1f(this.at("opacity"), opacity);
    gl.uniform1f(this.at("moved"), moved);
    gl.drawArrays(gl.POINTS, 0, this.n);
  }

  destroy() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function link(gl, attributes) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  attributes.forEach((name, index) => gl.bindAttribLocation(program, index, name));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) || "WebGL link");
  return program;
}
