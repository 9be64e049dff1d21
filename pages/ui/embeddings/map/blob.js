// The packed blobs that maps.py writes -> typed arrays and text; kept per address, so a rerun decodes nothing.

const decoded = new Map();
const KEPT = 24; // the epochs of a run that is replayed, and its words and colours

/** What `decode` makes of the file at `address`, from memory where it was read before (addresses name the content). */
export async function read(address, decode) {
  if (!decoded.has(address)) {
    decoded.set(address, decode(await download(address)));
    if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value);
  }
  return decoded.get(address);
}

/**
 * Places: [u32 n][order u32 n][x u16 n][y u16 n].
 * x and y are 0..65535 within one square, y downwards; order lists rows from the most to the least important.
 */
export function decodePlaces(bytes) {
  const n = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  let offset = bytes.byteOffset + 4;
  const take = (Type) => {
    const array = new Type(bytes.buffer, offset, n);
    offset += array.byteLength;
    return array;
  };
  const order = take(Uint32Array);
  const x = take(Uint16Array);
  const y = take(Uint16Array);
  return { n, order, x, y };
}

/** Words: UTF-8, one line a row: title, tab, caption. */
export function decodeWords(bytes) {
  const lines = new TextDecoder().decode(bytes).split("\n").map((line) => line.split("\t"));
  return { titles: lines.map((line) => line[0]), captions: lines.map((line) => line[1] ?? "") };
}

/** Colours: one byte a row, an index into the palette of 256. */
export const decodeColours = (bytes) => bytes;

async function download(address) {
  const answer = await fetch(new URL(address.replace(/^\//, ""), document.baseURI)); // the app may live below a path
  if (!answer.ok) throw new Error(`the map's points could not be read: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
