"""Addresses whose file name says that no page is there but a document or another file: one way to read that name."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

EXTENSION = re.compile(r"\.([a-z0-9]{2,5})\s*$", re.IGNORECASE)
DOCUMENTS = frozenset("pdf doc docx xls xlsx ppt pptx rtf odt zip csv".split())
"""What a link is to that is an attachment by its name alone."""
FILES = DOCUMENTS | frozenset("odp ods png jpg jpeg gif kml gpx mp3 mp4".split())
"""What is never a page, whether or not a link to it is an attachment."""


def extension_of(url: str) -> str:
    """The extension that the path of an address ends in, in small letters; without parameters (`a.pdf;v=1`), decoded.

    Empty where there is none.
    """
    found = EXTENSION.search(unquote(urlsplit(url).path.partition(";")[0]))
    return found[1].lower() if found else ""
