// What the colours mean: a button per class that switches it off and on, or a ramp with its ends.

import { coloursOf } from "./theme.js";

export class Legend {
  off = new Set();

  constructor(element, changed) {
    Object.assign(this, { element, changed });
  }

  draw(look, theme) {
    const key = JSON.stringify([look.title, look.labels]);
    if (key !== this.key) this.off.clear();
    this.key = key;
    const title = part("span", "name", look.title);
    const body = look.kind === "classes" ? this.classes(look, theme) : [scale(look, theme)];
    this.element.replaceChildren(title, ...body);
  }

  classes(look, theme) {
    const colours = coloursOf(look, theme);
    return look.labels.map((label, code) => {
      const button = part("button", "class", label);
      const dot = part("i", "dot", "");
      dot.style.background = colours[code % colours.length];
      button.prepend(dot);
      button.title = "Click to show only this one, again to show all. Shift-click to toggle it.";
      button.setAttribute("aria-pressed", String(!this.off.has(code)));
      button.addEventListener("click", (event) => this.choose(code, look.labels.length, event.shiftKey));
      return button;
    });
  }

  /** A click shows one class alone, a second click all again; with Shift it switches one class. */
  choose(code, count, alone) {
    if (alone) {
      if (!this.off.delete(code)) this.off.add(code);
    } else {
      const isOnly = !this.off.has(code) && this.off.size === count - 1;
      this.off = new Set(isOnly ? [] : [...Array(count).keys()].filter((other) => other !== code));
    }
    if (this.off.size === count) this.off.clear();
    this.changed();
  }
}

function scale(look, theme) {
  const box = part("span", "scale", "");
  const bar = part("span", "ramp", "");
  bar.style.background = `linear-gradient(to right, ${coloursOf(look, theme).join(", ")})`;
  box.append(part("span", "end", look.labels[0]), bar, part("span", "end", look.labels[1]));
  return box;
}

function part(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
