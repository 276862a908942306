"""Bytes to characters as a browser would (WHATWG Encoding), without ever failing or dropping a byte."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARED = re.compile(rb"""<meta[^>]{0,400}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,40})""", re.IGNORECASE)
XML_DECLARED = re.compile(rb"""^\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})""", re.IGNORECASE)
HEADER_DECLARED = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
WHATWG_LABELS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "unicode-1-1-utf-8": "utf-8",
}
SAFE_CODEC = re.compile(
    r"utf-8|cp125[0-8]|cp874|cp866|cp93[26]|cp949|iso8859-1?[0-9]|koi8-[ru]|gb18030|big5|euc_jp|mac-roman"
)
"""Python codecs a page may choose; not utf-7, punycode and the like, which browsers refuse too."""
ONE_BYTE = re.compile(r"cp125[0-8]|cp874|cp866|iso8859-1?[0-9]|koi8-[ru]|mac-roman")
"""Charsets in which any bytes are words of some kind, so that a wrong label does not show."""


def decode(body: bytes, media_type: str | None = None) -> str:
    """The characters of a body: byte order mark, then the declared charset (header before page), then UTF-8.

    UTF-8 that is declared a charset of one byte is UTF-8 all the same: by chance other words are not, and a label that
    goes wrong for a while must not alter what was read before. Bytes that fit none of these are read one by one as
    windows-1252, so nothing is lost and nothing raises. NUL and other control characters, which libxml2 stops at,
    become spaces.
    """
    for mark, marked_codec in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            errors = "bulletins.windows-1252" if marked_codec == "utf-8" else "replace"
            return printable(body[len(mark) :].decode(marked_codec, errors))
    codec = declared_codec(body, media_type)
    codec = "utf-8" if is_mislabelled(body, codec) else codec
    characters = _decode_strictly(body, codec) if codec else None
    if characters is None:
        return printable(body.decode("utf-8", "bulletins.windows-1252"))
    return printable(characters, body if codec == "utf-8" else None)


def is_mislabelled(body: bytes, codec: str | None) -> bool:
    """Whether a body that is said to be in a charset of one byte is UTF-8."""
    if codec is None or not ONE_BYTE.fullmatch(codec) or body.isascii():
        return False
    return _decode_strictly(body, "utf-8") is not None


def declared_codec(body: bytes, media_type: str | None) -> str | None:
    """The Python codec of the charset that the header, else the page in its first 4 KiB, declares; None if unsafe."""
    return next(filter(None, map(_codec, _labels(body, media_type))), None)


def _labels(body: bytes, media_type: str | None) -> Iterator[str]:
    named = HEADER_DECLARED.search(media_type or "")
    if named:
        yield named.group(1)
    for pattern in (XML_DECLARED, DECLARED):
        found = pattern.search(body[:4096])
        if found:
            yield found.group(1).decode("ascii", "replace")


@lru_cache(maxsize=256)
def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(WHATWG_LABELS.get(label.lower(), label)).name
    except LookupError:
        return None
    return name if SAFE_CODEC.fullmatch(name) else None


def _decode_strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec, "bulletins.windows-1252" if codec == "cp1252" else "strict")
    except UnicodeDecodeError:
        return None


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """One byte as windows-1252; its five holes are C1 controls (WHATWG)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start : error.start + 1]
    try:
        return byte.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        return chr(byte[0]), error.start + 1


codecs.register_error("bulletins.windows-1252", _as_windows_1252)

CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


CONTROL_BYTES = bytes([*range(9), 11, *range(14, 32), 127])
LATER_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")
NO_CHARACTERS = ("\ufffe", "\uffff")


def printable(text: str, written: bytes | None = None) -> str:
    """The text with spaces for controls, which are looked for in `written`, its UTF-8: that is ten times faster."""
    written = text.encode("utf-8", "surrogatepass") if written is None else written
    if len(written.translate(None, CONTROL_BYTES)) < len(written):
        return CONTROLS.sub(" ", text)
    if not text.isascii() and (LATER_CONTROLS.search(written) or any(each in text for each in NO_CHARACTERS)):
        return CONTROLS.sub(" ", text)
    return text
