// Titles as the map writes them.

const LETTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** At most 30 letters of a title; one of several characters, such as an emoji, stays whole. */
export function shorten(title) {
  if (title.length <= 30) return title;
  const letters = Array.from(LETTERS.segment(title), (part) => part.segment);
  return letters.length <= 30 ? title : `${letters.slice(0, 29).join("").trimEnd()}…`;
}
