"""One look through a whole file before it is read: its encoding, size and samples from everywhere in it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

from reco_core.data.files import Files
from reco_core.data.reading import lines as text_lines
from reco_core.errors import DataError

HEAD = 128 * 1024  # bytes of the sample from the beginning
WHOLE = 512 * 1024  # bytes of a piece that is taken whole; of a longer one, SLICES of SLICE bytes
SLICES, SLICE = 64, 2048
MOST_SAMPLES = 64  # pieces
MOST_QUOTED = 4000  # lines with a quote
PIECE = 4 * 1024**2
_KINDS = {
    b"PK\x03\x04": "a zip file",
    b"%PDF": "a PDF file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"SQLite format 3": "an SQLite file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x89HDF": "an HDF5 file",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"(\xb5/\xfd": "a Zstandard file",
    b"ARROW1": "an Arrow file",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"\x80\x04": "a pickle, which is never opened,",
    b"\x80\x05": "a pickle, which is never opened,",
    b"\x7fELF": "a program",
}
_PAGES = ("<!doctype html", "<html", "<head", "<?xml", "<body", "<script", "<svg")


@dataclass(frozen=True)
class Survey:
    """What a file is: its kind ("text" or "parquet"), encoding, size in bytes, and lines from all over it, as text.

    head: the first lines; samples: lines from the rest; quoted: lines with a quote, from all over. whole: head and
    samples are all there is.
    """

    kind: str
    encoding: str
    size: int
    head: str
    samples: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    whole: bool = False

    @property
    def text(self) -> str:
        """Head and samples, one after another."""
        return self.head + "".join(self.samples)


def survey(files: Files, name: str, encoding: str | None = None) -> Survey:
    """The survey of one file, in the given encoding or the one it shows. Raises DataError for what is no table."""
    with files.open(name) as stream:
        first = stream.read(4096)
    if first.startswith(b"PAR1"):
        return Survey("parquet", "utf-8", 0, "")
    _refuse_others(name, first)
    found = encoding or _encoding(files, name, first)
    sample = _samples(files, name, found)
    if not sample.text.strip():
        raise DataError(f"A table needs at least one line; {name} is empty.")
    return sample


def _refuse_others(name: str, first: bytes) -> None:
    """One sentence for a file that is no text."""
    kind = next((kind for mark, kind in _KINDS.items() if first.startswith(mark)), None)
    plain = first.lstrip(b"\xef\xbb\xbf \t\r\n").decode("latin-1").lower()
    if kind is None and plain.startswith(_PAGES):
        kind = "a web page or an XML file"
    utf_16 = _utf_16(first)
    nulls = first.count(b"\0")
    if kind is None and nulls > max(8, len(first) / 50) and not utf_16:
        kind = "a binary file"
    if kind:
        raise DataError(
            f"A table must be text (CSV, TSV, JSON lines), parquet, or a zip or gzip of them; {name} is {kind}."
        )


def _utf_16(first: bytes) -> str:
    """UTF-16 by its byte order mark, or by every other byte being 0; "" where it is none."""
    if first.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if first.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    even, odd = first[::2], first[1::2]
    if len(first) >= 8 and odd.count(b"\0") > 0.8 * len(odd) and even.count(b"\0") < 0.1 * len(even):
        return "utf-16-le"
    if len(first) >= 8 and even.count(b"\0") > 0.8 * len(even) and odd.count(b"\0") < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _encoding(files: Files, name: str, first: bytes) -> str:
    """UTF-16 where it begins so; UTF-8 where all of the file is; else Windows-1252, which Latin-1 is a part of."""
    if wide := _utf_16(first):
        return wide
    decoder = codecs.getincrementaldecoder("utf-8")()
    with files.open(name) as stream:
        try:
            while raw := stream.read(PIECE):
                if not raw.isascii() or decoder.getstate()[0]:
                    decoder.decode(raw)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _samples(files: Files, name: str, encoding: str) -> Survey:
    """The survey of a text."""
    head, size, whole = b"", 0, True
    samples: list[bytes] = []
    quoted: list[str] = []
    with files.open(name) as stream:
        for piece in text_lines.lines(stream, encoding, PIECE):
            size += len(piece)
            if len(quoted) < MOST_QUOTED:
                quoted += _with_quotes(piece, 200 if head else MOST_QUOTED // 2)
            if len(head) < HEAD:
                taken = _first_lines(piece, HEAD - len(head))
                head, piece = head + taken, piece[len(taken) :]
            if piece:
                whole &= len(piece) <= WHOLE
                samples.append(piece if len(piece) <= WHOLE else _spread(piece))
            if len(samples) > MOST_SAMPLES:
                samples, whole = samples[::2], False
    texts = [one.decode("utf-8", "replace") for one in (head, *samples)]
    return Survey("text", encoding, size, texts[0], texts[1:], quoted, whole)


def _first_lines(text: bytes, size: int) -> bytes:
    """The first lines of a text, of about this size, at least one."""
    if len(text) <= size:
        return text
    end = text.rfind(b"\n", 0, size) + 1
    return text[: end or text.find(b"\n") + 1]


def _spread(piece: bytes) -> bytes:
    """Lines from evenly spread places."""
    parts = []
    for place in range(SLICES):
        start = piece.find(b"\n", place * len(piece) // SLICES) + 1
        parts.append(_first_lines(piece[start : start + 4 * SLICE], SLICE) if start else b"")
    return b"".join(part for part in parts if part.endswith(b"\n"))


def _with_quotes(piece: bytes, most: int) -> list[str]:
    """Lines that hold a quote."""
    found: list[str] = []
    at = 0
    while len(found) < most and (at := piece.find(b'"', at)) >= 0:
        start, end = piece.rfind(b"\n", 0, at) + 1, piece.find(b"\n", at) + 1
        found.append(piece[start:end][:4096].decode("utf-8", "replace"))
        at = end
    return found
