// Draws data.items (id, title, line, image, stars) as posters with stars to click; each click sends {id, stars} back,
// stars null to take a rating away. Stars are radio buttons, so Tab and the arrow keys work and screen readers say them.
// data.kept {name, value, settled}: the ratings as text, kept in this browser; where Python has none yet (not settled),
// those of an earlier visit are sent back once.
export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".rate");
  if (!grid) return;
  remember(data.kept, grid, setTriggerValue);
  grid.setAttribute("aria-label", data.label);
  const short = data.items.every((item) => item.title.length <= 12) ? "short" : "";
  grid.className = `rate ${data.shape} ${short}`;
  const shape = JSON.stringify([data.items.map((item) => item.id), data.levels]);
  if (grid.dataset.shape !== shape) {
    grid.dataset.shape = shape;
    grid.replaceChildren(...data.items.map((item) => cell(item, data.levels)));
    grid.scrollLeft = 0;
  }
  data.items.forEach((item, index) => show(grid.children[index], item.stars, data.levels));
  grid.onchange = (event) => send(event.target.closest(".cell"), Number(event.target.value));
  grid.onclick = (event) => {
    const clear = event.target.closest(".clear");
    if (clear) send(clear.closest(".cell"), null);
  };
  const send = (own, stars) => {
    show(own, stars, data.levels);
    if (stars === null) own.querySelector("input").focus();
    setTriggerValue("rated", { id: own.dataset.id, stars });
  };
}

function remember(kept, grid, setTriggerValue) {
  if (!kept) return;
  try {
    const stored = localStorage.getItem(kept.name);
    if (kept.settled && kept.value) localStorage.setItem(kept.name, kept.value);
    else if (kept.settled) localStorage.removeItem(kept.name);
    else if (stored && grid.dataset.asked !== kept.name) {
      grid.dataset.asked = kept.name;
      setTriggerValue("restored", stored);
    }
  } catch {
    // A browser that keeps nothing: the address still holds the ratings.
  }
}

function cell(item, levels) {
  const own = element("div", "cell");
  own.dataset.id = item.id;
  own.title = [item.title, item.line].filter(Boolean).join("\n");
  const frame = element("div", "frame");
  const image = element("img", "");
  image.src = item.image;
  image.alt = "";
  const clear = element("button", "clear", "×");
  clear.type = "button";
  clear.setAttribute("aria-label", `Remove the rating of ${item.title}`);
  frame.append(image, clear);
  own.append(frame, element("div", "title", item.title), stars(item, levels));
  return own;
}

function stars(item, levels) {
  const group = element("div", "stars");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", `Your rating of ${item.title}`);
  const icons = "★".repeat(levels.length > 5 ? 5 : levels.length);
  const filled = element("span", "filled", icons);
  const base = element("span", "base", icons);
  for (const drawn of [base, filled]) drawn.setAttribute("aria-hidden", "true");
  group.append(base, filled);
  for (const [place, level] of levels.entries()) {
    const label = element("label", "level");
    const input = element("input", "");
    input.type = "radio";
    input.name = `stars-${item.id}`;
    input.value = level;
    input.setAttribute("aria-label", level === 1 ? "1 star" : `${level} stars`);
    label.style.left = `${(100 * place) / levels.length}%`;
    label.style.width = `${100 / levels.length}%`;
    label.onpointerenter = (event) => {
      if (event.pointerType === "mouse") filled.style.width = `${(100 * (place + 1)) / levels.length}%`;
    };
    label.append(input);
    group.append(label);
  }
  group.onpointerleave = () => {
    filled.style.width = group.dataset.width;
  };
  return group;
}

function show(own, value, levels) {
  const group = own.querySelector(".stars");
  const place = value === null ? -1 : levels.findIndex((level) => Math.abs(level - value) < 1e-6);
  group.dataset.width = `${(100 * (place + 1)) / levels.length}%`;
  group.querySelector(".filled").style.width = group.dataset.width;
  own.classList.toggle("rated", place >= 0);
  [...group.querySelectorAll("input")].forEach((input, index) => {
    input.checked = index === place;
  });
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
