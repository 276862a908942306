"""The text of documents that wait for it, taken in the child process and stored page by page."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from archive.attachments import Page, store_text
from archive.blobs import CorruptBlob
from archive.journal import body_of
from archive.links import waiting_documents
from archive.store import Archive
from ingest.documents import DocumentReader, DocumentText
from parsers.pdf import EXTRACTOR


def read_texts(archive: Archive, source: str, reader: DocumentReader, stop: threading.Event) -> Iterator[str]:
    """Take the text of every waiting document of a source; yields a sentence for each that could not be read whole."""
    with archive.reading() as session:
        waiting = waiting_documents(session, source, EXTRACTOR)
    for sha256 in waiting:
        if stop.is_set():
            return
        found = _read(archive, reader, sha256)
        pages = [Page(page.page, page.text, page.how) for page in found.pages]
        with archive.writing() as session:
            store_text(session, sha256, found.state, found.reason, EXTRACTOR, pages)
        if found.state != "done":
            yield f"document {sha256[:16]}: {found.state}: {found.reason}"


def _read(archive: Archive, reader: DocumentReader, sha256: str) -> DocumentText:
    try:
        with archive.reading() as session:
            body = body_of(session, archive.blobs, sha256)
    except CorruptBlob as problem:
        return DocumentText("damaged", str(problem), (), EXTRACTOR)
    return reader.read(body)
