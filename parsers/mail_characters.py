"""The characters of a message's headers and parts, whatever charset they claim."""

from __future__ import annotations

import codecs

from parsers.decoding import ONE_BYTE, declared_codec, decode

ALSO_IN_MAIL = frozenset(("utf-7", "utf-16", "utf-16-le", "utf-16-be", "iso2022_jp", "iso2022_kr", "hz"))
"""Charsets that pages may not use but that mail was sent in; read only where every byte fits."""


def characters(data: bytes, charset: str | None = None, media_type: str = "text/plain") -> str:
    """The characters of bytes that claim a charset; never fails and drops nothing.

    UTF-8 that is claimed to be ASCII, UTF-16, a charset of one byte, or an unknown one is read as UTF-8: by chance
    other words are not. Else a charset that fits, the one that an HTML part states in itself, and windows-1252 byte by
    byte.
    """
    if data.isascii() and not charset:
        return decode(data, media_type)
    also = _also_in_mail(data, charset)
    if also is not None:
        return also
    stated = f"{media_type}; charset={charset}" if charset else media_type
    codec = declared_codec(data, stated)
    if (codec is None or ONE_BYTE.fullmatch(codec)) and not data.isascii() and _is_utf_8(data):
        return decode(data, f"{media_type}; charset=utf-8")
    return decode(data, stated)


def _is_utf_8(data: bytes) -> bool:
    try:
        return bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _also_in_mail(data: bytes, charset: str | None) -> str | None:
    """The characters in one of the charsets that only mail uses, None where it claims none or does not fit."""
    try:
        name = codecs.lookup(charset or "utf-8").name
        if name not in ALSO_IN_MAIL or (name.startswith("utf-16") and 0 not in data and _is_utf_8(data)):
            return None
        if name == "utf-16" and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            name = "utf-16-be"
        read = data.decode(name)
    except (LookupError, ValueError):
        return None
    return decode(read.encode("utf-8", "replace"), "text/plain; charset=utf-8")
