"""The headers of a message, whatever was done to them: unfolded, decoded, taken apart, never failing."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from parsers.lines import fold
from parsers.mail_characters import characters
from parsers.page import PageChanged

MAX_HEADER_BYTES = 256 * 1024
MAX_HEADERS = 2_000
MAX_VALUE_BYTES = 64 * 1024
NAMED = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
ENVELOPE = (b"From ", b">From ")
"""A mailbox's own line, which some programs leave at the front of a message."""
ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bq])\?([^?]{0,20000})\?=", re.IGNORECASE)
PARAMETER = re.compile(
    r""";\s*([\w.%+-]{1,60}\*?(?:\d{1,3}\*?)?)\s*=\s*(?:"((?:[^"\\]|\\.){0,2000})"|([^;\s"]{0,2000}))"""
)
CONTINUED = re.compile(r"([^*]+)\*?(\d{0,3})(\*?)")
MEDIA_TYPE = re.compile(r"\s*([\w.+-]{1,60}/[\w.+-]{1,100})")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,255}")


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in their order: names in small letters, values unfolded, as bytes."""

    pairs: tuple[tuple[str, bytes], ...] = ()

    def all(self, name: str) -> list[bytes]:
        return [value for each, value in self.pairs if each == name]

    def raw(self, name: str) -> bytes:
        """The first value of that name, as it came; empty where there is none."""
        return next(iter(self.all(name)), b"")

    def words(self, name: str) -> str:
        """The first value of that name as words, encoded words (RFC 2047) decoded."""
        return words_of(self.raw(name))

    def media_type(self) -> tuple[str, dict[str, str]]:
        """The media type in small letters, text/plain where none can be read (RFC 2045, 5.2), and its parameters."""
        value = self._text("content-type")
        found = MEDIA_TYPE.match(value)
        return (found[1].lower() if found else "text/plain"), parameters(value)

    def disposition(self) -> tuple[str, dict[str, str]]:
        value = self._text("content-disposition")
        return value.partition(";")[0].strip().lower(), parameters(value)

    def addresses(self, *names: str) -> set[str]:
        """The mail addresses in the fields of these names, in small letters."""
        values = (words_of(value) for name in names for value in self.all(name))
        return {found.lower().rstrip(".") for value in values for found in ADDRESS.findall(value)}

    def _text(self, name: str) -> str:
        return characters(self.raw(name))


def without_preamble(message: bytes) -> bytes:
    """A message without what stands before its first header and is none: a mark of byte order, blank lines."""
    return message.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")


def split_message(message: bytes) -> tuple[Headers, bytes]:
    """The headers of a message and its body; raises PageChanged where the headers are beyond the limits.

    A line that is no header ends them, as the blank line does that ought to stand before it.
    """
    pairs: list[tuple[str, bytearray]] = []
    end = 0
    for start, end, line in _lines(message):
        named = NAMED.match(line)
        if not line.strip():
            break
        if line[:1] in b" \t" and pairs:
            pairs[-1][1].extend(b" " + line.strip())
        elif named:
            pairs.append((named[1].decode("ascii").lower(), bytearray(line[named.end() :].strip())))
        elif not (start == 0 and line.startswith(ENVELOPE)):
            end = start
            break
        if end > MAX_HEADER_BYTES or len(pairs) > MAX_HEADERS:
            raise PageChanged(
                f"message: more than {MAX_HEADER_BYTES:,} bytes or {MAX_HEADERS:,} lines of headers, expected fewer"
            )
    return Headers(tuple((name, bytes(value)) for name, value in pairs)), message[end:]


def _lines(message: bytes) -> Iterator[tuple[int, int, bytes]]:
    start = 0
    while start < len(message):
        end = message.find(b"\n", start, start + MAX_HEADER_BYTES + 1) + 1
        end = end or min(len(message), start + MAX_HEADER_BYTES + 1)
        yield start, end, message[start:end]
        start = end


def words_of(value: bytes) -> str:
    """A header's value as one line of words: encoded words decoded, 8-bit bytes read, white space folded."""
    value = value[:MAX_VALUE_BYTES]
    parts: list[tuple[str | None, bytes]] = []
    place = 0
    for found in ENCODED_WORD.finditer(value):
        between = value[place : found.start()]
        if between.strip() or not parts:
            parts.append((None, between))
        charset = found[1].decode("latin-1").partition("*")[0].lower()
        meant = _encoded(found[2].lower(), found[3])
        if parts and parts[-1][0] == charset:
            parts[-1] = charset, parts[-1][1] + meant
        else:
            parts.append((charset, meant))
        place = found.end()
    parts.append((None, value[place:]))
    return fold("".join(characters(each, charset) for charset, each in parts))


def _encoded(how: bytes, value: bytes) -> bytes:
    if how == b"q":
        return binascii.a2b_qp(value.replace(b"_", b" "), header=False)
    return from_base64(value)[0]


def from_base64(value: bytes) -> tuple[bytes, bool]:
    """The bytes, and whether all of the value was base64: what is not is passed over, what is missing is cut off."""
    packed = b"".join(value.split())
    clean = re.sub(rb"[^A-Za-z0-9+/=]", b"", packed)
    groups = [group for group in re.split(rb"=+", clean) if group]
    whole = len(clean) == len(packed) and all(len(group) % 4 != 1 for group in groups) and len(clean) % 4 == 0
    return b"".join(binascii.a2b_base64(_padded(group)) for group in groups), whole


def _padded(group: bytes) -> bytes:
    group = group[: len(group) - (len(group) % 4 == 1)]
    return group + b"=" * (-len(group) % 4)


def parameters(value: str) -> dict[str, str]:
    """The parameters of a header, continued and with a charset too (RFC 2231), encoded words in them decoded."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, quoted, bare in PARAMETER.findall(value):
        found = CONTINUED.fullmatch(name.lower())
        if found:
            said = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
            pieces.setdefault(found[1], []).append((int(found[2] or 0), bool(found[3] or name.endswith("*")), said))
    return {name: _joined(sorted(found)) for name, found in pieces.items()}


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    if not any(extended for _, extended, _ in pieces):
        return words_of("".join(said for _, _, said in pieces).encode())
    charset, quote, rest = pieces[0][2].partition("'")
    first = rest.partition("'")[2] if quote else pieces[0][2]
    values = [(pieces[0][1], first), *((extended, said) for _, extended, said in pieces[1:])]
    meant = b"".join(unquote_to_bytes(said) if extended else said.encode() for extended, said in values)
    return fold(characters(meant, charset if quote else None))
