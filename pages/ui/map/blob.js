// The two packed blobs that maps.py writes -> typed arrays; kept per address, so a rerun decodes nothing.

const decoded = new Map();
const KEPT = 8;

/** What `decode` makes of the file at `address`, from memory where it was read before (addresses name the content). */
export async function read(address, decode) {
  if (!decoded.has(address)) {
    decoded.set(address, decode(await download(address)));
    if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value);
  }
  return decoded.get(address);
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

async function download(address) {
  const answer = await fetch(new URL(address.replace(/^\//, ""), document.baseURI)); // the app may live below a path
  if (!answer.ok) throw new Error(`the map's points could not be read: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
