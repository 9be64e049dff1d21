// The two packed blobs that maps.py writes -> typed arrays; kept per address, so a rerun decodes nothing.

const decoded = new Map();
const KEPT = 8;

/** Decoded content of `source` ({hash, url} or {hash, base64}) by `decode`, from memory where it was read before. */
export async function read(source, decode) {
  if (!decoded.has(source.hash)) {
    const bytes = source.url ? await download(source.url) : fromBase64(source.base64);
    decoded.set(source.hash, decode(bytes));
    if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value);
  }
  return decoded.get(source.hash);
}

/**
 * Points: [u32 n][u32 length of the text][order u32 n][x u16 n][y u16 n][text, UTF-8].
 * x and y are 0..65535 within one square, y downwards; order lists rows from the most to the least important;
 * the text has one line a row: title, tab, caption.
 */
export function decodePoints(bytes) {
  const head = new DataView(bytes.buffer, bytes.byteOffset);
  const n = head.getUint32(0, true);
  const textLength = head.getUint32(4, true);
  let offset = bytes.byteOffset + 8;
  const take = (Type) => {
    const array = new Type(bytes.buffer, offset, n);
    offset += array.byteLength;
    return array;
  };
  const order = take(Uint32Array);
  const x = take(Uint16Array);
  const y = take(Uint16Array);
  const text = new TextDecoder().decode(new Uint8Array(bytes.buffer, offset, textLength));
  const lines = text.split("\n").map((line) => line.split("\t"));
  return { n, order, x, y, titles: lines.map((line) => line[0]), captions: lines.map((line) => line[1] ?? "") };
}

/** Colours: one byte a row, an index into the palette of 256. */
export const decodeColours = (bytes) => bytes;

async function download(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the map's points could not be read: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
