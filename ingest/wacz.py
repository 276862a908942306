"""WACZ files (a zip of WARC files): where each WARC lies in it, once its digest has been checked, within bounds."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_MEMBERS = 20_000
MAX_PACKAGE_BYTES = 16 * 1024 * 1024
PIECE_BYTES = 1024 * 1024
HOLDERS = (".wacz", ".arc", ".arc.gz")
"""What a package may hold whose captures are not read from within it."""
LOCAL_HEADER = b"PK\x03\x04"
LOCAL_HEADER_BYTES = 30
"""A local file header without the name and extra field behind it (APPNOTE.TXT, 4.3.7)."""


class BadPackage(Exception):
    """A WACZ file, or a WARC in it, that cannot be used; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Part:
    """A WARC: a file of its own, or `length` bytes of one from `start` on."""

    name: str
    path: Path
    start: int = 0
    length: int | None = None


class Span(io.RawIOBase):
    """The bytes of a part from a position on, and none beyond it; its own places count from there."""

    def __init__(self, part: Part, position: int = 0) -> None:
        super().__init__()
        self._file = part.path.open("rb")
        self._begin = part.start + position
        whole = os.fstat(self._file.fileno()).st_size - part.start
        self._length = max(0, (whole if part.length is None else min(part.length, whole)) - position)
        self._file.seek(self._begin)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell() - self._begin

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self._length}[whence]
        self._file.seek(self._begin + max(0, base + offset))
        return self.tell()

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        return self._file.readinto(view[: max(0, self._length - self.tell())])

    def close(self) -> None:
        self._file.close()
        super().close()


def opened(part: Part, position: int = 0) -> io.BufferedReader:
    """A stream over a part from a position on."""
    return io.BufferedReader(Span(part, position), PIECE_BYTES // 16)


def is_package(path: Path) -> bool:
    """Whether a file is a zip, or the beginning of one."""
    with path.open("rb") as file:
        begins = file.read(len(LOCAL_HEADER)) == LOCAL_HEADER
    return begins or zipfile.is_zipfile(path)


def warcs_in(path: Path) -> Iterator[Part | BadPackage]:
    """The WARC files in a package, or for each that cannot be used the reason. Raises BadPackage."""
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            if len(members) > MAX_MEMBERS:
                raise BadPackage(f"{path}: {len(members)} members, expected at most {MAX_MEMBERS}")
            digests = _digests(path, package)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as problem:
        raise BadPackage(f"{path}: {problem}, expected a WACZ file") from problem
    warcs = [each for each in members if each.filename.lower().endswith((".warc", ".warc.gz"))]
    others = [each.filename for each in members if each.filename.lower().endswith(HOLDERS)]
    if not warcs and not others:
        raise BadPackage(f"{path}: no archive/*.warc or archive/*.warc.gz, expected at least one")
    for name in others:
        yield BadPackage(f"{path}!{name}: holds captures too, expected them in WARC files (unpack it)")
    for member in warcs:
        try:
            yield _part(path, member, digests.get(member.filename))
        except BadPackage as problem:
            yield problem


def _digests(path: Path, package: zipfile.ZipFile) -> dict[str, str]:
    """The SHA-256 of each member by name, as datapackage.json states them."""
    try:
        member = package.getinfo("datapackage.json")
    except KeyError as problem:
        raise BadPackage(f"{path}: no datapackage.json, expected one") from problem
    if member.file_size > MAX_PACKAGE_BYTES:
        raise BadPackage(f"{path}: datapackage.json has {member.file_size} bytes, expected {MAX_PACKAGE_BYTES} at most")
    try:
        with package.open(member) as opened_member:
            stated = json.loads(opened_member.read(MAX_PACKAGE_BYTES))
        resources = [each for each in stated["resources"] if isinstance(each, dict)]
    except (ValueError, KeyError, TypeError, RecursionError, RuntimeError, zipfile.BadZipFile) as problem:
        raise BadPackage(f"{path}: datapackage.json: {problem!r}, expected an object with resources") from problem
    pairs = ((str(each.get("path")), str(each.get("hash", each.get("stats", "")))) for each in resources)
    return {name: digest.removeprefix("sha256:") for name, digest in pairs if digest.startswith("sha256:")}


def _part(path: Path, member: zipfile.ZipInfo, digest: str | None) -> Part:
    """Where a member's own bytes lie, if it is kept as it is (WACZ asks for that) and has the stated digest."""
    name = f"{path}!{member.filename}"
    if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 0x1:
        raise BadPackage(f"{name}: compressed or encrypted in the zip, expected it stored")
    with path.open("rb") as file:
        file.seek(member.header_offset)
        header = file.read(LOCAL_HEADER_BYTES)
    if len(header) < LOCAL_HEADER_BYTES or not header.startswith(LOCAL_HEADER):
        raise BadPackage(f"{name}: no local header at byte {member.header_offset}, expected one")
    behind = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    part = Part(name, path, member.header_offset + LOCAL_HEADER_BYTES + behind, member.file_size)
    if digest is not None and _digest_of(part) != digest:
        raise BadPackage(f"{name}: other bytes than datapackage.json states, expected SHA-256 {digest}")
    return part


def _digest_of(part: Part) -> str:
    found = hashlib.sha256()
    with opened(part) as stream:
        while piece := stream.read(PIECE_BYTES):
            found.update(piece)
    return found.hexdigest()
