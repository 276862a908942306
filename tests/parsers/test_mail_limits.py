"""What is no bulletin, beyond the limits, or no message at all."""

from __future__ import annotations

import pytest

from parsers.mail import is_message
from parsers.page import PageChanged
from tests.parsers.mails import WORDS, mail, multipart, reading

PLAIN = "Content-Type: text/plain\n\nPlain words say that the road closes."


def test_reports_and_automatic_answers_are_no_bulletins() -> None:
    for message in (multipart(PLAIN, kind="report"), mail(Auto_Submitted="auto-replied")):
        with pytest.raises(PageChanged, match="expected a message that somebody wrote"):
            reading(message)


def test_what_is_beyond_the_limits_is_refused_whole() -> None:
    nested = WORDS.encode()
    for _ in range(25):
        nested = b"Content-Type: message/rfc822\n\n" + nested
    many = multipart(*["Content-Type: text/plain\n\nx"] * 600)
    for message in (nested, many, b"X: y\n" * 3_000 + mail(), b"X: " + b"y" * 300_000 + b"\n" + mail()):
        with pytest.raises(PageChanged, match="expected fewer"):
            reading(message)


def test_parts_that_hold_much_of_one_another_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nested = b"x" * 1_000
    for _ in range(5):
        nested = b"Content-Type: message/rfc822\n\n" + nested
    reading(mail(Content_Type="message/rfc822", body=nested))
    monkeypatch.setattr("parsers.mail_parts.MAX_BYTES_OF_PARTS", 5_000)
    with pytest.raises(PageChanged, match="parts of more than 5,000 bytes"):
        reading(mail(Content_Type="message/rfc822", body=nested))


def test_a_message_is_told_from_a_page() -> None:
    assert is_message(mail()) and is_message(b"From x Fri Mar 24 14:05:06 2017\n" + mail())
    for page in (b"<html>From: a\nTo: b\nSubject: c\n", b"", b"%PDF-1.4", b'{"From": 1}', b"Date: today\n\nwords"):
        assert not is_message(page)
