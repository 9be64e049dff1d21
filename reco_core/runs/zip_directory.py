"""How large the directory of a zip is, read before anybody reads the directory: a million names would take memory."""

from __future__ import annotations

import os
import zipfile
from typing import IO

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_BYTES, _LONGEST_COMMENT, _LOCATOR_BYTES = 22, 65_535, 20
# What a member of an archive may be packed with: others take as much memory to unpack as their header asks for.
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def check_directory(file: IO[bytes], most_bytes: int) -> None:
    """Raises BadZipFile unless the zip ends in one directory of at most so many bytes, of the plain (32 bit) kind."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT - _LOCATOR_BYTES))
    tail = file.read()
    file.seek(0)
    plain = tail[-_END_BYTES:]
    # As zipfile looks for it: without a comment, else the last mark there is.
    at = len(tail) - _END_BYTES if plain.startswith(_END) and plain.endswith(b"\0\0") else tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        raise zipfile.BadZipFile("it has no directory")
    if tail[max(0, at - _LOCATOR_BYTES) : at].startswith(_END_64):
        raise zipfile.BadZipFile("it has a directory for files of many gigabytes")
    claimed = int.from_bytes(tail[at + 12 : at + 16], "little")
    if claimed > most_bytes:
        raise zipfile.BadZipFile(f"its directory has {claimed:,} bytes, and {most_bytes:,} are allowed")
