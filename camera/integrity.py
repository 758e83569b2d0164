"""Tells a whole image file from one that was cut short or damaged, before a decoder fills the gap with grey.

Promises: looks at the container only, no pixel is decoded. What it does not know it leaves to the decoder.
May import: the standard library.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

_CUT_SHORT = "the file is cut short"


def damage(data: bytes) -> str | None:
    """What is wrong with the bytes of an image file, in words; None where nothing is seen to be."""
    if not data:
        return "the file is empty"
    for magic, check in _CHECKS.items():
        if data.startswith(magic):
            return check(data)
    return None


def _jpeg(data: bytes) -> str | None:
    """Walk the segments to the first scan (a thumbnail inside one has its own end mark), then look for the end mark.

    Entropy-coded bytes never hold FF D9 (ISO/IEC 10918-1, B.1.1.5). What follows the end mark is no matter.
    """
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
            continue
        if kind == 0xDA:
            return None if data.find(b"\xff\xd9", at) >= 0 else _CUT_SHORT
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return _CUT_SHORT if at + 4 > len(data) else None


def _png(data: bytes) -> str | None:
    """Every chunk carries a checksum of its own (ISO/IEC 15948, 5.3)."""
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return _CUT_SHORT
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            return "the file is damaged (a checksum is wrong)"
        if data[at + 4 : at + 8] == b"IEND":
            return None
        at = end
    return _CUT_SHORT


def _bmp(data: bytes) -> str | None:
    # Some writers leave the size at 0.
    return _CUT_SHORT if len(data) < int.from_bytes(data[2:6], "little") else None


def _riff(data: bytes) -> str | None:
    return _CUT_SHORT if len(data) < int.from_bytes(data[4:8], "little") + 8 else None


_CHECKS: dict[bytes, Callable[[bytes], str | None]] = {
    b"\xff\xd8\xff": _jpeg,
    b"\x89PNG\r\n\x1a\n": _png,
    b"BM": _bmp,
    b"RIFF": _riff,
}
