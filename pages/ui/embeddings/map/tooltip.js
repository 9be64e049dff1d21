// The card beside the pointer: poster, title, caption. Text goes in as text, never as HTML.

const GAP = 14;
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="; // one clear pixel

export class Tooltip {
  posters = new Map(); // row -> address of its picture, "" where there is none

  constructor(element) {
    this.element = element;
    this.image = element.querySelector("img");
    this.title = element.querySelector(".title");
    this.caption = element.querySelector(".caption");
    this.image.addEventListener("error", () => element.classList.add("bare"));
  }

  /** Show one row's card; `withPoster` keeps room for a poster that may still be on its way. */
  show(row, points, withPoster) {
    this.row = row;
    this.title.textContent = points.titles[row];
    this.caption.textContent = points.captions[row];
    this.element.hidden = false;
    this.element.classList.toggle("bare", !withPoster || this.posters.get(row) === "");
    const address = this.posters.get(row);
    this.image.classList.toggle("waiting", !address);
    this.image.src = address || NOTHING;
  }

  hide() {
    this.row = -1;
    this.element.hidden = true;
  }

  /** Posters that came from Python: {row: address}. */
  receive(posters, points) {
    for (const [row, address] of Object.entries(posters)) this.posters.set(Number(row), address);
    if (this.row >= 0 && this.row in posters) this.show(this.row, points, true);
  }

  /** Beside the place (x, y), on the side where there is room. */
  moveTo({ x, y }, view) {
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const left = x + GAP + width > view.width ? x - GAP - width : x + GAP;
    const top = Math.min(view.height - height - 4, y - height / 3);
    this.element.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(Math.max(4, top))}px)`;
  }
}
