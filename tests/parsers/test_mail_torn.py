"""Mail that lost a part of itself, or hides its words: refused or told, never recorded as if that were all."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ingest.mbox import spans
from parsers.mail import is_message
from parsers.mail_dates import sent_at
from parsers.page import PageChanged
from tests.parsers.mails import WORDS, mail, multipart, reading, record

CODED = base64.b64encode(b"Roads close at noon on Sunday, say two forces.").decode()
BASE64 = {"Content_Type": "text/plain", "Content_Transfer_Encoding": "base64"}


@pytest.mark.parametrize(
    "body", [CODED[:-7], CODED[:-1], f"{CODED[:20]}*!{CODED[20:]}", f"{CODED}\nA list's own words"]
)
def test_words_in_base64_that_are_cut_or_damaged_are_refused(body: str) -> None:
    with pytest.raises(PageChanged, match=r"base64 that is cut or damaged, expected it whole"):
        record(mail(body, **BASE64))
    assert record(mail(CODED, **BASE64)).text == "Roads close at noon on Sunday, say two forces."


def test_an_alternative_that_is_whole_stands_for_one_that_is_torn() -> None:
    torn = f"Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n{CODED[:-7]}"
    assert (
        record(multipart("Content-Type: text/plain\n\nRoads close.", torn, kind="alternative")).text == "Roads close."
    )


@pytest.mark.parametrize("kind", ['multipart/mixed; boundary="b"', "multipart/alternative"])
def test_parts_without_the_lines_between_them_are_refused(kind: str) -> None:
    with pytest.raises(PageChanged, match="with no line of its boundary"):
        record(mail("--other\n\nRoads close.\n--other--\n", Content_Type=kind))
    assert record(mail("\n", Content_Type=kind)).text == ""


def test_words_whose_end_was_not_seen_are_told() -> None:
    whole = multipart("Content-Type: text/plain\n\nRoads close.")
    assert "cut off" not in record(whole).evidence["text"]
    assert record(whole.replace(b"--b--\n", b"")).evidence["text"] == "text/plain part 1, damaged or cut off"
    odd = mail("Roads =ZZ close.", Content_Transfer_Encoding="quoted-printable")
    assert record(odd).text == "Roads =ZZ close." and "damaged" in record(odd).evidence["text"]


@pytest.mark.parametrize("kind", ["text/rtf", "text/enriched", "text/calendar"])
def test_words_of_a_kind_that_is_not_read_are_a_file_of_the_message(kind: str) -> None:
    assert record(mail("{words}", Content_Type=kind)).attachments == (("mid:given@test/part-1", kind),)
    other = f"Content-Type: {kind}\n\n{{words}}"
    assert len(record(multipart("Content-Type: text/plain\n\nwords", other)).attachments) == 1
    assert record(multipart("Content-Type: text/plain\n\nwords", other, kind="alternative")).attachments == ()


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf\n"])
def test_what_stands_before_the_first_header_hides_none(before: bytes) -> None:
    assert is_message(before + mail()) and sent_at(before + mail()) == sent_at(mail()) is not None
    (entry,) = reading(before + mail()).read
    assert entry.notification == record(mail())
    assert (entry.notification.ref, entry.notification.text) == ("one@thecssc.com", WORDS)


def test_utf_8_that_is_said_to_be_utf_16_is_read_as_what_it_is() -> None:
    bodies = ("Café roads".encode(), "\ufeffCafé roads".encode("utf-16"), "Cafe roads".encode("utf-16-be"))
    for body, said in zip(bodies, ("Café roads", "Café roads", "Cafe roads"), strict=True):
        assert record(mail(body, Content_Type="text/plain; charset=utf-16")).text == said


LINE = b"From a@b Fri Mar 24 14:05:06 2017\n"


@pytest.mark.parametrize(
    ("between", "count"),
    [
        (b"\n\n", 2),
        (b"\n", 2),
        (b"\n\nQuoted badly:\n\n" + LINE + b"Note: no header of mail\n\n", 2),
        (b"\nIn one piece:\n" + LINE + b"Subject: quoted\n\n", 2),
    ],
)
def test_what_separates_messages_is_told_from_their_words(between: bytes, count: int, tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(LINE + mail() + between + LINE + mail("Second."))
    found = list(spans(file))
    assert len(found) == count
    assert found[-1].end - found[-1].start == len(mail("Second."))
    flood = tmp_path / "b.mbox"
    flood.write_bytes(LINE + mail() + b"\n\n" + (LINE + b"A: b\n\n") * 20_000)
    assert len(list(spans(flood))) == 1
