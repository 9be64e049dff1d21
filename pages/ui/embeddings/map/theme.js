// The page's colours as Streamlit hands them to a component (CSS variables), and the palette of the points.

const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Any CSS colour -> [red, green, blue], 0..255. */
function rgb(css) {
  brush.clearRect(0, 0, 1, 1);
  brush.fillStyle = "#888";
  brush.fillStyle = css;
  brush.fillRect(0, 0, 1, 1);
  return brush.getImageData(0, 0, 1, 1).data.slice(0, 3);
}

export function readTheme(element) {
  const style = getComputedStyle(element);
  const value = (name, fallback) => style.getPropertyValue(`--st-${name}`).trim() || fallback;
  const background = value("background-color", "#ffffff");
  const [red, green, blue] = rgb(background);
  return {
    background,
    text: value("text-color", "#1f2333"),
    primary: value("primary-color", "#4f46e5"),
    font: value("font", "sans-serif"),
    dark: 0.2126 * red + 0.7152 * green + 0.0722 * blue < 110,
  };
}

/** The list of colours of this look that suits the page: looks carry one for light pages and one for dark. */
export const coloursOf = (look, theme) => (theme.dark ? look.dark : look.light);

/** 256 RGBA entries: one per class, or a ramp for a scale; classes that are switched off are nearly clear. */
export function palette(look, theme, isOff) {
  const colours = coloursOf(look, theme).map(rgb);
  const entries = new Uint8Array(256 * 4);
  for (let code = 0; code < 256; code++) {
    const colour = look.kind === "classes" ? colours[code % colours.length] : ramp(colours, code / 255);
    entries.set([...colour, isOff(code) ? 14 : 255], code * 4);
  }
  return entries;
}

function ramp(colours, share) {
  const place = share * (colours.length - 1);
  const low = Math.min(colours.length - 2, Math.floor(place));
  return [0, 1, 2].map((k) => colours[low][k] + (colours[low + 1][k] - colours[low][k]) * (place - low));
}
