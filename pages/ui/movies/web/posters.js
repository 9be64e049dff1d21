// Draws data.items (id, title, line1, line2, rank, share, moved, marked, note, image) as buttons; a click sends the id
// back. Nothing lies over a poster: rank and places moved stand below it, or before the title of a small one.
// Text goes in as textContent only. The arrow keys move between posters; Tab enters and leaves the grid. With data.ask
// each poster has a second, small button of that label below it, which Tab reaches from its poster.
export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  if (!grid || grid.dataset.stamp === data.stamp) return;
  grid.dataset.stamp = data.stamp;
  grid.setAttribute("aria-label", data.label);
  const short = data.items.every((item) => item.title.length <= 12) ? "short" : "";
  grid.className = `grid ${data.layout} ${data.shape} ${short}`;
  grid.replaceChildren(...data.items.map((item, index) => cell(item, index, data)));
  // A row that scrolls and holds nothing to press is itself reached by Tab.
  if (grid.querySelector("button:enabled")) grid.removeAttribute("tabindex");
  else grid.tabIndex = 0;
  grid.onclick = (event) => {
    const asked = event.target.closest(".ask");
    if (asked) return setTriggerValue("asked", asked.dataset.id);
    const button = event.target.closest(".card");
    if (!button || button.disabled) return;
    setTriggerValue("picked", button.dataset.id);
    if (data.to_top) (parentElement.host ?? grid).closest('[data-testid="stMain"]')?.scrollTo({ top: 0 });
  };
  grid.onkeydown = (event) => move(event, grid);
}

function cell(item, index, data) {
  const poster = card(item, index, data);
  const ask = data.ask;
  if (!ask) return poster;
  const both = element("div", "cell");
  const button = element("button", "ask", ask);
  button.type = "button";
  button.dataset.id = item.id;
  button.tabIndex = poster.tabIndex;
  button.setAttribute("aria-label", `${ask} ${item.title}`);
  both.append(poster, button);
  return both;
}

function moved(by) {
  if (by === "new") return element("span", "moved new", "new");
  const made = element("span", `moved ${by > 0 ? "up" : "down"}`, `${by > 0 ? "▲" : "▼"} ${Math.abs(by)}`);
  made.setAttribute("aria-label", `${by > 0 ? "up" : "down"} ${Math.abs(by)}`);
  return made;
}

function card(item, index, { clickable, layout, ask, items }) {
  const small = layout === "strip" || layout === "list";
  const button = element("button", item.marked ? "card marked" : "card");
  button.type = "button";
  button.disabled = !clickable;
  button.dataset.id = item.id;
  button.tabIndex = index === 0 ? 0 : -1;
  button.title = [item.title, item.line1, item.line2, item.note].filter(Boolean).join("\n");
  const frame = element("div", "frame");
  const image = element("img", "");
  image.src = item.image;
  image.alt = "";
  frame.append(image);
  const text = element("div", "text");
  if (!small && (ask || items.some((one) => one.rank || one.moved))) text.append(below(item));
  const title = element("div", "title");
  if (small && item.rank) title.append(element("span", "rank", item.rank), " ");
  title.append(item.title);
  text.append(title);
  if (item.line1 !== null) text.append(element("div", "line1", item.line1));
  if (item.line2 !== null) text.append(element("div", "line2", item.line2));
  if (item.share !== null) text.append(bar(item.share));
  button.append(frame, text);
  return button;
}

function below(item) {
  const line = element("div", "below");
  if (item.rank) line.append(element("span", "rank", item.rank));
  if (item.moved) line.append(moved(item.moved));
  return line;
}

function bar(share) {
  const track = element("div", "track");
  const filled = element("div", "filled");
  filled.style.width = `${Math.round(100 * share)}%`;
  track.append(filled);
  return track;
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function move(event, grid) {
  const cards = [...grid.querySelectorAll(".card")];
  const now = cards.indexOf(event.target.closest(".card"));
  if (now < 0) return;
  const top = (card) => card.getBoundingClientRect().top;
  const columns = cards.filter((card) => top(card) === top(cards[0])).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  const next = cards[now + step];
  if (!step || !next) return;
  event.preventDefault();
  for (const [poster, stop] of [[cards[now], -1], [next, 0]]) {
    poster.tabIndex = stop;
    const ask = poster.parentElement.querySelector(":scope > .ask");
    if (ask) ask.tabIndex = stop;
  }
  next.focus();
}
