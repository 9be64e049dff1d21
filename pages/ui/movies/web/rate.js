// Draws data.items (id, title, line, image, stars) as posters with stars to click; each click sends {id, stars} back,
// stars null to take a rating away. Stars are radio buttons, so Tab and the arrow keys work and screen readers say them.
// data.levels: the ratings that can be given, with data.names and, for screen readers, data.said; on a slider where
// data.slider says that they are many; data.stars: whether they are stars at all.
// data.kept {name, value, settled}: the ratings as text, kept in this browser; where Python has none yet (not settled),
// those of an earlier visit are sent back once.
const MOST_BUTTONS = 5;
const MOST_LETTERS = 9;

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
    grid.replaceChildren(...data.items.map((item) => cell(item, data)));
    grid.scrollLeft = 0;
  }
  data.items.forEach((item, index) => show(grid.children[index], item.stars, data));
  grid.onchange = (event) => send(event.target.closest(".cell"), data.levels[event.target.value]);
  grid.onclick = (event) => {
    const clear = event.target.closest(".clear");
    if (clear) send(clear.closest(".cell"), null);
  };
  const send = (own, stars) => {
    show(own, stars, data);
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

function cell(item, data) {
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
  const label = `Your rating of ${item.title}`;
  const control = kind(data) === "slider" ? slider(label, data) : choice(item, label, data);
  own.append(frame, element("div", "title", item.title), control);
  return own;
}

// Stars where they are stars and not too many, small buttons for a few other ratings, else a slider.
function kind(data) {
  if (data.slider) return "slider";
  if (data.stars) return "stars";
  return data.names.join("").length <= MOST_LETTERS && data.levels.length <= MOST_BUTTONS ? "buttons" : "slider";
}

function choice(item, label, data) {
  const group = element("div", kind(data));
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", label);
  const filled = element("span", "filled", icons(data));
  if (data.stars) {
    const base = element("span", "base", icons(data));
    for (const drawn of [base, filled]) drawn.setAttribute("aria-hidden", "true");
    group.append(base, filled);
  }
  const ends = data.levels.map((level) => filledTo(level, data));
  for (const place of data.levels.keys()) {
    const one = element("label", "level", data.stars ? "" : data.names[place]);
    const input = element("input", "");
    input.type = "radio";
    input.name = `stars-${item.id}`;
    input.value = place;
    input.setAttribute("aria-label", data.said[place]);
    one.title = data.said[place];
    // A rating of 0 fills no star, but must be found: it takes a third of what is before the next rating.
    const edge = (at) => (at < 0 ? 0 : ends[at] || ends[at + 1] / 3);
    one.style.left = `${edge(place - 1)}%`;
    one.style.width = `${edge(place) - edge(place - 1)}%`;
    one.onpointerenter = (event) => {
      if (event.pointerType === "mouse") filled.style.width = `${ends[place]}%`;
    };
    one.append(input);
    group.append(one);
  }
  group.onpointerleave = () => {
    filled.style.width = group.dataset.width;
  };
  return group;
}

function icons(data) {
  const most = data.levels.at(-1);
  return "★".repeat(Number.isInteger(most) && most <= 5 ? most : 5);
}

function filledTo(level, data) {
  return (100 * level) / data.levels.at(-1);
}

function slider(label, data) {
  const group = element("div", "slide");
  const input = element("input", "");
  input.type = "range";
  input.min = 0;
  input.max = data.levels.length - 1;
  input.setAttribute("aria-label", label);
  const value = element("output", "value");
  input.oninput = () => say(input, value, data);
  // A press where the knob already stands changes nothing, but it is a rating where there was none.
  input.onclick = () => {
    if (!input.closest(".cell").classList.contains("rated")) input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  group.append(input, value);
  return group;
}

function say(input, value, data) {
  value.textContent = data.names[input.value];
  input.setAttribute("aria-valuetext", data.said[input.value]);
}

function show(own, stars, data) {
  const place = stars === null ? -1 : nearest(stars, data.levels);
  own.classList.toggle("rated", place >= 0);
  const range = own.querySelector(".slide input");
  if (range) {
    const value = own.querySelector(".value");
    range.value = place >= 0 ? place : Math.floor((data.levels.length - 1) / 2);
    say(range, value, data);
    if (place < 0) {
      value.textContent = "–";
      range.setAttribute("aria-valuetext", "not rated");
    }
    return;
  }
  const group = own.querySelector("[role=radiogroup]");
  group.dataset.width = `${place < 0 ? 0 : filledTo(data.levels[place], data)}%`;
  const filled = group.querySelector(".filled");
  if (filled) filled.style.width = group.dataset.width;
  [...group.querySelectorAll("input")].forEach((input, index) => {
    input.checked = index === place;
  });
}

function nearest(stars, levels) {
  const far = levels.map((level) => Math.abs(level - stars));
  return far.indexOf(Math.min(...far));
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
