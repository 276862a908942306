"""Blobs: immutable, named by their own SHA-256, checked when read; in a folder and in a bucket."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.blobs import Blobs, BucketBlobs, CorruptBlob, FolderBlobs, MissingBlob, deflate, inflate, path_of
from archive.store import open_blobs

BODIES = (b"", b"x", b"word " * 5_000, os.urandom(20_000))


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A fresh bucket of a local server that speaks S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    if request.param == "folder":
        return open_blobs(str(tmp_path / "blobs"))
    endpoint = request.getfixturevalue("bucket")
    name = f"bucket-{abs(hash(str(tmp_path)))}"
    for variable, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-west-2",
    }.items():
        monkeypatch.setenv(variable, value)
    _make_bucket(endpoint, name)
    return open_blobs(f"s3://{name}/archive")


def _make_bucket(endpoint: str, name: str) -> None:
    import httpx

    body = "<CreateBucketConfiguration><LocationConstraint>eu-west-2</LocationConstraint></CreateBucketConfiguration>"
    httpx.put(f"{endpoint}/{name}", content=body, trust_env=False).raise_for_status()


@pytest.mark.parametrize("body", BODIES, ids=["empty", "one byte", "words", "noise"])
def test_what_is_put_can_be_had_by_its_own_name(blobs: Blobs, body: bytes) -> None:
    name = blobs.put(body)
    assert name == hashlib.sha256(body).hexdigest()
    assert blobs.get(name) == body
    assert blobs.holds(name)
    assert blobs.put(body) == name
    assert list(blobs.names()) == [name]


def test_a_missing_blob_is_named(blobs: Blobs) -> None:
    with pytest.raises(MissingBlob, match="expected it"):
        blobs.get("ab" * 32)


def test_the_store_is_chosen_by_its_address(blobs: Blobs, tmp_path: Path) -> None:
    assert isinstance(blobs, FolderBlobs | BucketBlobs)
    assert isinstance(open_blobs(str(tmp_path)), FolderBlobs)


def test_a_damaged_blob_is_never_given_out(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    for body in BODIES[2:]:
        name = blobs.put(body)
        (place,) = tmp_path.glob(f"{path_of(name)}*")
        stored = bytearray(place.read_bytes())
        stored[len(stored) // 2] ^= 1
        place.write_bytes(stored)
        with pytest.raises(CorruptBlob, match=name):
            blobs.get(name)


def test_a_blob_is_written_once(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    name = blobs.put(BODIES[3])
    (place,) = tmp_path.glob(f"{path_of(name)}*")
    before = place.stat()
    blobs.put(BODIES[3])
    after = place.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_blob_is_synced_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(handle: int) -> None:
        done.append("fsync")
        real_fsync(handle)

    def rename(one: str, other: Path) -> None:
        done.append("rename")
        real_rename(one, other)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    blobs = FolderBlobs(tmp_path)
    name = blobs.put(b"first")
    (tmp_path / path_of(name)).unlink()
    done.clear()
    blobs.put(b"first")
    assert done == ["fsync", "rename", "fsync"]


def test_a_damaged_blob_is_written_anew_when_its_body_comes_again(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    name = blobs.put(BODIES[3])
    (tmp_path / path_of(name)).write_bytes(b"damaged")
    assert blobs.put(BODIES[3]) == name
    assert blobs.get(name) == BODIES[3]


def test_many_writers_of_one_body(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    threads = [threading.Thread(target=blobs.put, args=(BODIES[3],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert blobs.get(hashlib.sha256(BODIES[3]).hexdigest()) == BODIES[3]
    assert len([place for place in tmp_path.rglob("*") if place.is_file()]) == 1


@given(st.binary(max_size=2_000), st.binary(max_size=2_000))
def test_a_delta_gives_the_body_back(near: bytes, body: bytes) -> None:
    assert inflate(deflate(body, near), near) == body
