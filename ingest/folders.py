"""What files an operator means: those named, and those of the folders named, Maildirs among them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ingest.files import STANDARD_INPUT, open_file
from ingest.mbox import is_mailbox
from ingest.report import Report
from ingest.saved import META, STEMS
from ingest.warc_files import is_warc
from parsers.mail import is_message

HEAD_BYTES = 1 << 16
SUFFIXES = frozenset(
    (".html", ".htm", ".xhtml", ".txt", ".text", ".xml", ".rss", ".atom", ".json", ".pdf", ".eml", ".mbox")
)
MAILDIR = ("cur", "new")
"""Folders of delivered messages; `tmp` holds those that are still being delivered (maildir(5))."""
COMPANION = re.compile(r"meta\.json$|expected")
"""Files beside a page that belong to it."""
NAMED_MOST = 5


def each_file(files: Iterable[Path], report: Report) -> Iterator[Path]:
    """The files that are named, and those of named folders in the order of their names.

    Told in the report: what of a folder is left out, and a folder that holds nothing of ours, which is an error.
    """
    for file in files:
        if file == STANDARD_INPUT or not file.is_dir():
            yield file
            continue
        left_out: list[Path] = []
        found = list(_within(file, left_out))
        yield from found
        if left_out:
            report.notices.append(f"{file}: left out {_named(file, left_out)}: by name and beginning none of our kinds")
        if not found:
            report.fail(f"{file}: holds nothing to import, expected pages, feeds, documents or mail")


def _named(folder: Path, files: Sequence[Path]) -> str:
    names = ", ".join(str(each.relative_to(folder)) for each in files[:NAMED_MOST])
    return names if len(files) <= NAMED_MOST else f"{names} and {len(files) - NAMED_MOST} more"


def kind_of(file: Path) -> str:
    """What a file is by its beginning: `mailbox`, `message` or `page`; by its name: `warc`. Raises UnreadableFile."""
    if file == STANDARD_INPUT:
        return "page"
    if is_warc(file):
        return "warc"
    if file.parent.name in MAILDIR and _is_maildir(file.parent.parent):
        return "message"
    with open_file(file) as opened:
        head = opened.read(HEAD_BYTES)
    if is_mailbox(head) or (not head and file.suffix.lower() == ".mbox"):
        return "mailbox"
    return "message" if file.suffix.lower() == ".eml" or is_message(head) else "page"


def _within(folder: Path, left_out: list[Path]) -> Iterator[Path]:
    """The files of a folder and of those in it; hidden ones are passed over, unless they are Maildirs in a Maildir."""
    for place, folders, names in os.walk(folder):
        here = Path(place)
        seen = sorted(name for name in names if not name.startswith("."))
        if _is_maildir(here):
            folders[:] = [each for each in folders if each in MAILDIR or _is_maildir(here / each)]
            seen = []
        elif here.name not in MAILDIR or not _is_maildir(here.parent):
            folders[:] = [each for each in folders if not each.startswith(".") or _is_maildir(here / each)]
            is_stated = META in seen
            taken = [name for name in seen if _is_taken(here / name, is_stated=is_stated)]
            left_out += [
                here / name for name in seen if name not in taken and not (is_stated and COMPANION.match(name))
            ]
            seen = taken
        folders.sort()
        yield from (here / name for name in seen)


def _is_maildir(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in MAILDIR)


def _is_taken(file: Path, *, is_stated: bool) -> bool:
    """Whether a file of a folder is one of ours; beside a `meta.json` only the one that it speaks of is."""
    if is_stated:
        return file.stem in STEMS
    try:
        return file.suffix.lower() in SUFFIXES or kind_of(file) != "page"
    except OSError:
        return True
