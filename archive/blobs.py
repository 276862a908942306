"""Immutable bytes, each named by the SHA-256 of what it holds, in a folder or in an S3 bucket."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import zstandard

from archive.durable import all_at_once, sync_folder

MAX_BODY_BYTES = 512 * 1024 * 1024
"""The most that a stored frame may unfold to."""
WRITTEN_TOGETHER = 64
"""How many files are open at once while they are written."""

_own = threading.local()


class ArchiveUnusable(Exception):
    """The archive cannot be opened or written. Nothing was lost: what was not stored will be asked for again."""


class CorruptBlob(Exception):
    """A stored body that is not what its name says."""


class MissingBlob(CorruptBlob):
    """A body that the archive ought to hold and does not."""


class Blobs(Protocol):
    """Where bodies are kept. `put` and `put_all` return once they are durable; a body that is there is left alone."""

    def put(self, body: bytes) -> str: ...

    def put_all(self, bodies: Sequence[bytes]) -> list[str]: ...

    def get(self, sha256: str) -> bytes: ...

    def holds(self, sha256: str) -> bool: ...

    def names(self) -> Iterator[str]: ...


def name_of(body: bytes) -> str:
    """The SHA-256 of `body` in hex."""
    return hashlib.sha256(body).hexdigest()


def path_of(sha256: str) -> str:
    """Where a blob lies below the store's root, without the ending that says how it is packed."""
    return f"{folder_of(sha256)}/{sha256}"


def folder_of(sha256: str) -> str:
    """The folder below the store's root in which a blob lies."""
    return f"sha256/{sha256[:2]}/{sha256[2:4]}"


def pack(body: bytes) -> tuple[str, bytes]:
    """The ending and the bytes to keep: a zstd frame where that saves a tenth, else the body itself."""
    frame = _compressor().compress(body)
    return (".zst", frame) if len(frame) < 0.9 * len(body) else ("", body)


def _compressor() -> zstandard.ZstdCompressor:
    """One for each thread: making one costs more than a small body takes, and none may be shared."""
    if not hasattr(_own, "compressor"):
        _own.compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
    compressor: zstandard.ZstdCompressor = _own.compressor
    return compressor


def unpack(sha256: str, ending: str, stored: bytes) -> bytes:
    """The body, checked against its name; raises CorruptBlob."""
    try:
        body = inflate(stored) if ending == ".zst" else stored
    except zstandard.ZstdError as problem:
        raise CorruptBlob(f"blob {sha256}: {problem}, expected a whole zstd frame") from problem
    if name_of(body) != sha256:
        raise CorruptBlob(f"blob {sha256}: holds {name_of(body)}, expected the body of its name")
    return body


def inflate(frame: bytes, near: bytes | None = None) -> bytes:
    """Unfold a zstd frame, against the body `near` that it was packed against; raises ZstdError."""
    dictionary = _prefix(near) if near is not None else None
    return zstandard.ZstdDecompressor(dict_data=dictionary).decompress(frame, max_output_size=MAX_BODY_BYTES)


def deflate(body: bytes, near: bytes) -> bytes:
    """A zstd frame of `body` against the body `near`."""
    return zstandard.ZstdCompressor(level=9, dict_data=_prefix(near), write_checksum=True).compress(body)


def _prefix(near: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(near, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class FolderBlobs:
    """Blobs in a local folder: temporary file, fsync, rename, fsync of the folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._top = str(root)

    def put(self, body: bytes) -> str:
        return self.put_all([body])[0]

    def put_all(self, bodies: Sequence[bytes]) -> list[str]:
        """Several files are written, then all are fsynced, then each has its name: the file system's own journal is
        so committed less often. The folders are fsynced once at the end, when most of that is done."""
        changed: dict[str, None] = {}
        names: list[str] = []
        try:
            for start in range(0, len(bodies), WRITTEN_TOGETHER):
                names += self._put_together(bodies[start : start + WRITTEN_TOGETHER], changed)
            all_at_once(sync_folder, changed)
        except OSError as problem:
            reason = problem.strerror or problem
            raise ArchiveUnusable(f"blobs {self.root}: {reason}, expected a folder with room to write") from problem
        return names

    def _put_together(self, bodies: Sequence[bytes], changed: dict[str, None]) -> list[str]:
        arriving: dict[str, _Arriving] = {}
        try:
            names = [self._begin(body, arriving, changed) for body in bodies]
            all_at_once(os.fsync, [each.handle for each in arriving.values()])
            for each in arriving.values():
                os.rename(each.written, each.place)
        except BaseException:
            for each in arriving.values():
                with suppress(FileNotFoundError):
                    os.unlink(each.written)
            raise
        finally:
            for each in arriving.values():
                os.close(each.handle)
        return names

    def _begin(self, body: bytes, arriving: dict[str, _Arriving], changed: dict[str, None]) -> str:
        """Write one body. One that is there is read back first, since a damaged file must not stand for it."""
        sha256 = name_of(body)
        if sha256 in arriving:
            return sha256
        place = self._find(sha256)
        if place is None or not _is_whole(sha256, place):
            ending, stored = pack(body)
            folder = self._folder(sha256)
            self._make_folder(folder, changed)
            arriving[sha256] = self._write(f"{folder}/{sha256}{ending}", stored)
        changed[self._folder(sha256)] = None
        return sha256

    def _folder(self, sha256: str) -> str:
        return f"{self._top}/{folder_of(sha256)}"

    def get(self, sha256: str) -> bytes:
        place = self._find(sha256)
        if not place:
            raise MissingBlob(f"blob {sha256}: not below {self.root}, expected it there")
        return unpack(sha256, place.suffix, place.read_bytes())

    def holds(self, sha256: str) -> bool:
        return self._find(sha256) is not None

    def names(self) -> Iterator[str]:
        for place in sorted(self.root.glob("sha256/??/??/[0-9a-f]*")):
            yield place.name.removesuffix(".zst")

    def _find(self, sha256: str) -> Path | None:
        plain = f"{self._top}/{path_of(sha256)}"
        return next((Path(place) for place in (f"{plain}.zst", plain) if os.path.exists(place)), None)

    def _make_folder(self, folder: str, changed: dict[str, None]) -> None:
        if folder in changed or os.path.isdir(folder):
            return
        above = os.path.dirname(folder)
        self._make_folder(above, changed)
        with suppress(FileExistsError):
            os.mkdir(folder)
        changed[above] = None

    def _write(self, place: str, stored: bytes) -> _Arriving:
        """A file beside its place, written but not yet durable."""
        written = f"{os.path.dirname(place)}/.arriving-{secrets.token_hex(8)}"
        handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            left = memoryview(stored)
            while left:
                left = left[os.write(handle, left) :]
        except BaseException:
            os.close(handle)
            os.unlink(written)
            raise
        return _Arriving(handle, written, place)


@dataclass(frozen=True, slots=True)
class _Arriving:
    """A file that is written and open, and the place that it will have."""

    handle: int
    written: str
    place: str


def _is_whole(sha256: str, place: Path) -> bool:
    try:
        unpack(sha256, place.suffix, place.read_bytes())
    except CorruptBlob:
        return False
    return True


class BucketBlobs:
    """Blobs in an S3 bucket (`s3://bucket/prefix`), put create-only so that no writer can replace one."""

    def __init__(self, url: str, **options: str) -> None:
        from obstore.store import S3Store

        self.store = S3Store.from_url(url, client_options={"allow_http": True}, **options)  # type: ignore[arg-type]

    def put(self, body: bytes) -> str:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        sha256 = name_of(body)
        if self.holds(sha256):
            return sha256
        ending, stored = pack(body)
        with suppress(AlreadyExistsError):
            obstore.put(self.store, path_of(sha256) + ending, stored, mode="create")
        return sha256

    def put_all(self, bodies: Sequence[bytes]) -> list[str]:
        return [self.put(body) for body in bodies]

    def get(self, sha256: str) -> bytes:
        import obstore

        ending = self._ending(sha256)
        if ending is None:
            raise MissingBlob(f"blob {sha256}: not in the bucket, expected it there")
        return unpack(sha256, ending, bytes(obstore.get(self.store, path_of(sha256) + ending).bytes()))

    def holds(self, sha256: str) -> bool:
        return self._ending(sha256) is not None

    def names(self) -> Iterator[str]:
        import obstore

        for batch in obstore.list(self.store, "sha256/"):
            for item in batch:
                yield item["path"].rsplit("/", 1)[-1].removesuffix(".zst")

    def _ending(self, sha256: str) -> str | None:
        import obstore

        for ending in (".zst", ""):
            try:
                obstore.head(self.store, path_of(sha256) + ending)
            except FileNotFoundError:
                continue
            return ending
        return None
