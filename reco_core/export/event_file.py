"""TensorBoard's event files, written without TensorFlow (importing it costs 5 s and 600 MB, and no page may).

A file is a sequence of TFRecords: length (uint64), masked CRC-32C of the length, data, masked CRC-32C of the data; the
data of each is one `Event` message (tensorflow/core/util/event.proto) in protobuf's wire format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VERSION = "brain.Event:2"
_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5
_DT_STRING, _DATA_CLASS_TENSOR = 7, 2


@dataclass(frozen=True)
class Scalar:
    """One point of one curve; time in seconds since 1970."""

    tag: str
    step: int
    value: float
    time: float


@dataclass(frozen=True)
class Text:
    """Markdown, which TensorBoard shows under Text."""

    tag: str
    words: str
    time: float


def write_events(path: Path, entries: Iterable[Scalar | Text], began: float) -> None:
    """Write an event file; its name must hold "tfevents" for TensorBoard to find it."""
    with path.open("wb") as file:
        file.write(_record(_event(began, 0, _field(3, _BYTES, VERSION.encode()))))
        for entry in entries:
            file.write(_record(_scalar(entry) if isinstance(entry, Scalar) else _text(entry)))


def _scalar(entry: Scalar) -> bytes:
    value = _field(1, _BYTES, entry.tag.encode()) + _field(2, _FLOAT, struct.pack("<f", entry.value))
    return _event(entry.time, entry.step, _field(5, _BYTES, _field(1, _BYTES, value)))


def _text(entry: Text) -> bytes:
    plugin = _field(1, _BYTES, _field(1, _BYTES, b"text")) + _field(4, _VARINT, _varint(_DATA_CLASS_TENSOR))
    shape = _field(2, _BYTES, _field(2, _BYTES, _field(1, _VARINT, _varint(1))))
    tensor = _field(1, _VARINT, _varint(_DT_STRING)) + shape + _field(8, _BYTES, entry.words.encode())
    tag = f"{entry.tag}/text_summary"
    value = _field(1, _BYTES, tag.encode()) + _field(8, _BYTES, tensor) + _field(9, _BYTES, plugin)
    return _event(entry.time, 0, _field(5, _BYTES, _field(1, _BYTES, value)))


def _event(time: float, step: int, what: bytes) -> bytes:
    return _field(1, _DOUBLE, struct.pack("<d", time)) + _field(2, _VARINT, _varint(step)) + what


def _field(number: int, kind: int, content: bytes) -> bytes:
    """One field of a message: its number and wire type, the length where it varies, the content."""
    size = _varint(len(content)) if kind == _BYTES else b""
    return _varint(number << 3 | kind) + size + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, lowest first; the top bit says that more follow."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + _masked_crc(length) + data + _masked_crc(data)


def _masked_crc(data: bytes) -> bytes:
    """CRC-32C (Castagnoli), rotated and shifted as TFRecord asks, so that a CRC of CRCs stays useful."""
    crc, table = 0xFFFFFFFF, _table()
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


@cache
def _table() -> tuple[int, ...]:
    """What each byte does to a CRC-32C."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)
