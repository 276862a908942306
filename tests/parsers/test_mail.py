"""What a message states: its words, its date, its id; whose charset and damage soever; and nobody it was sent to."""

from __future__ import annotations

import pytest

from parsers.mail_headers import parameters, words_of
from parsers.mail_refs import ref_of, second_ref
from parsers.mail_words import unflowed
from tests.parsers.mails import WORDS, mail, multipart, reading, record, refusal

PLAIN = "Content-Type: text/plain\n\nPlain words say that the road closes."
RICH = "Content-Type: text/html\n\n<p>Rich words say that <b>the road</b> closes.</p>"


def test_a_message_is_one_bulletin_under_its_own_id() -> None:
    found = record(mail())
    assert (found.ref, found.url) == ("one@thecssc.com", "mid:given@test")
    assert (found.level, found.region, found.text) == ("amber", "London", WORDS)
    assert (found.issued, found.issued_precision) == ("2017-03-24T14:05:06+00:00", "second")


@pytest.mark.parametrize(
    ("printed", "issued"),
    [
        ("Fri, 24 Mar 2017 15:05:06 +0100", "2017-03-24T15:05:06+01:00"),
        ("24 Mar 17 14:05 GMT", "2017-03-24T14:05+00:00"),
        ("Fri, 24 Mar 2017 14:05:06 +0000 (GMT+00:00)", "2017-03-24T14:05:06+00:00"),
        ("Sat, 24 Jun 2017 14:05:06", "2017-06-24T14:05:06+01:00"),
    ],
)
def test_the_date_keeps_its_zone(printed: str, issued: str) -> None:
    assert record(mail(Date=printed)).issued == issued


@pytest.mark.parametrize(
    "printed", [None, "", "yesterday", "Fri, 31 Feb 2017 14:05:06 +0000", "Mon, 24 Mar 2017 1:00:00 +0000"]
)
def test_no_date_is_ever_made_up(printed: str | None) -> None:
    assert "expected" in refusal(mail(Date=printed))


def test_subjects_of_other_levels_are_refused_by_the_sources_own_rules() -> None:
    assert "expected" in refusal(mail(Subject="Important: Amber Message inside"))
    assert record(mail(Subject="Newsletter for March")).level is None
    assert "level 'purple'" in refusal(mail(Subject="CSSC Purple Message - odd"), "bsia-cssc")


@pytest.mark.parametrize("subject", ["[CSSC] London Amber Message - A", "FW: [EXT] Re: London Amber Message - A"])
def test_what_programs_put_before_a_subject_is_no_title(subject: str) -> None:
    assert record(mail(Subject=subject)).title == "London Amber Message - A"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((PLAIN, RICH), "Rich"),
        ((RICH, PLAIN), "Plain"),
        ((PLAIN, "Content-Type: text/html\n\n<p></p>"), "Plain"),
        ((PLAIN, "Content-Type: text/html\n\n<p>Rich</p>"), "Plain"),
        ((PLAIN, RICH.replace("\n\n", "\nContent-Transfer-Encoding: quoted-printable\n\n=XY", 1)), "Plain"),
        ((PLAIN, "Content-Type: text/calendar\n\nBEGIN:VCALENDAR"), "Plain"),
    ],
)
def test_of_alternatives_the_richest_that_is_whole_is_read(parts: tuple[str, ...], words: str) -> None:
    assert record(multipart(*parts, kind="alternative")).text.startswith(words)


def test_an_alternative_that_is_cut_off_is_not_whole() -> None:
    whole = multipart(PLAIN, RICH, kind="alternative")
    assert record(whole[: whole.index(b"closes.</p>") + 2]).text.startswith("Plain")


def test_all_parts_that_stand_in_a_message_are_read_in_their_order() -> None:
    footer = "Content-Type: text/plain\n\nA mailing list of ours, leave it here."
    assert record(multipart(RICH, footer)).text.splitlines() == [
        "Rich words say that the road closes.",
        "A mailing list of ours, leave it here.",
    ]


def test_html_has_no_code_and_nothing_unseen() -> None:
    body = "<style>p{}</style><div style='display: none'>preview</div><footer>Seen</footer><script>x</script>"
    assert record(mail(body, Content_Type="text/html")).text == "Seen"


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "café – “open”".encode()),
        ("us-ascii", "café – “open”".encode()),
        ("iso-8859-1", "café – “open”".encode("cp1252")),
        ("iso-8859-1", "café – “open”".encode()),
        ("x-unknown", "café – “open”".encode()),
        ("x-unknown", "café – “open”".encode("cp1252")),
        ("utf-16le", "café – “open”".encode("utf-16-le")),
        ("utf-7", "café – “open”".encode("utf-7")),
        ("rot13", "café – “open”".encode()),
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_odd_charsets_are_survived(charset: str, data: bytes, kind: str) -> None:
    assert record(mail(data, Content_Type=f"{kind}; charset={charset}")).text == "café – “open”"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"=?utf-8?Q?caf=C3=A9_open?=", "café open"),
        (b"=?UTF-8?B?Y2Fmw6k=?= bar", "café bar"),
        (b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        (b"=?x-nothing?Q?plain?=", "plain"),
        (b"=?utf-8?B?Y2Fmw6k?=", "café"),
        (b"caf\xc3\xa9 \xe9", "café é"),
        (b"=?utf-8?Q?not closed", "=?utf-8?Q?not closed"),
    ],
)
def test_headers_are_read_as_words(value: bytes, words: str) -> None:
    assert words_of(value) == words


def test_parameters_are_read_in_every_form() -> None:
    assert parameters('x; filename="a b.pdf"; size=3') == {"filename": "a b.pdf", "size": "3"}
    assert parameters("x; filename*=utf-8''a%E2%80%93b.pdf") == {"filename": "a–b.pdf"}
    assert parameters("x; filename*0*=utf-8''a%E2%80; filename*1*=%93b; filename*2=.pdf") == {"filename": "a–b.pdf"}
    assert parameters('x; name="=?utf-8?Q?a=E2=80=93b?="') == {"name": "a–b"}


def test_flowed_lines_are_whole_again() -> None:
    assert unflowed("one \ntwo\nthree", is_deleting=False) == "one two\nthree"
    assert unflowed("one \ntwo", is_deleting=True) == "onetwo"
    assert unflowed("> one \n> two\nthree", is_deleting=False) == "> one two\nthree"
    assert unflowed("-- \nname", is_deleting=False) == "-- \nname"


FORWARD = """Hello, see below.

{mark}
From: CSSC <info@thecssc.com>
{date}
Subject: London Amber Message - Stolen vans
To: Pat Member <pat.member@office.example>, Kim <kim@office.example>

Vans were stolen from two depots.
Ask the desk at info@thecssc.com
"""
DATES = [
    ("Sent: 23 March 2017 09:30", "2017-03-23T09:30+00:00"),
    ("Sent: Thursday, 23 March 2017 09:30", "2017-03-23T09:30+00:00"),
    ("Sent: Thursday, March 23, 2017 9:30 AM", "2017-03-23T09:30+00:00"),
    ("Date: Thu, 23 Mar 2017 at 09:30", "2017-03-23T09:30+00:00"),
    ("Date: Thu, Mar 23, 2017 at 9:30 AM", "2017-03-23T09:30+00:00"),
    ("Date: 23 March 2017 at 09:30:15 GMT", "2017-03-23T09:30:15+00:00"),
    ("Date: Thu, 23 Mar 2017 09:30:15 +0100", "2017-03-23T09:30:15+01:00"),
    ("Sent: 23/03/2017 09:30", "2017-03-23T09:30+00:00"),
]


@pytest.mark.parametrize(("date", "issued"), DATES)
@pytest.mark.parametrize(
    "mark", ["", "-----Original Message-----", "---------- Forwarded message ---------", "Begin forwarded message:"]
)
def test_an_original_forwarded_inline_is_what_is_stated(mark: str, date: str, issued: str) -> None:
    sender = "Sam <sam@office.example>"
    found = record(
        mail(FORWARD.format(mark=mark, date=date), From=sender, Subject="FW: London Amber Message - Stolen vans")
    )
    assert (found.issued, found.title) == (issued, "London Amber Message - Stolen vans")
    assert found.text == "Vans were stolen from two depots.\nAsk the desk at info@thecssc.com"
    assert "lines of the forwarder left out: 1" in found.evidence["forwarded"]
    assert found.evidence["sender"].endswith("thecssc.com")


def test_an_original_whose_date_cannot_be_read_is_refused() -> None:
    message = mail(FORWARD.format(mark="", date="Sent: some day"), From="a@b.example", Subject="FW: x")
    assert "forwarded block" in refusal(message)


def test_an_answer_and_what_the_publisher_forwards_are_their_own() -> None:
    body = FORWARD.format(mark="-----Original Message-----", date=DATES[0][0])
    for headers in (
        {"Subject": "RE: London Amber Message - Stolen vans", "From": "a@b.example"},
        {"Subject": "FW: News"},
    ):
        found = record(mail(body, **headers))
        assert found.issued == "2017-03-24T14:05:06+00:00"
        assert found.text.startswith("Hello, see below.") and "Vans were stolen" in found.text
        assert "kim@office.example" not in found.text


def test_a_message_in_a_message_is_what_is_stated() -> None:
    inner = mail("Inner words.", Message_ID="<inner@thecssc.com>", Subject="Green Message - Inner")
    outer = multipart(b"Content-Type: message/rfc822\n\n" + inner, From="a@b.example", Subject="FW: Inner")
    twice = multipart(
        b"Content-Type: message/rfc822\n\n" + outer.replace(b"--b", b"--c").replace(b'"b"', b'"c"'),
        From="c@d.example",
        Subject="Fwd: FW: x",
        Message_ID="<two@d.example>",
    )
    for message, ref in ((outer, "one@thecssc.com"), (twice, "two@d.example")):
        found = record(message)
        assert (found.ref, found.title, found.level, found.text) == (
            ref,
            "Green Message - Inner",
            "green",
            "Inner words.",
        )
        assert "inner@thecssc.com" in found.references


def test_who_forwards_a_message_and_to_whom_stands_nowhere() -> None:
    inner = mail("Ask a@b.example, kim@office.example or info@thecssc.com.", To="a@b.example")
    outer = multipart(
        b"Content-Type: message/rfc822\n\n" + inner, From="a@b.example", To="kim@office.example", Subject="FW: Inner"
    )
    assert record(outer).text == "Ask [recipient], [recipient] or info@thecssc.com."


def test_several_messages_in_a_message_follow_its_own_words() -> None:
    parts = [b"Content-Type: message/rfc822\n\n" + mail(f"Words {n}.", Subject=f"Item {n}") for n in (1, 2)]
    found = record(multipart(PLAIN, *parts))
    assert found.text.splitlines()[1:] == ["Item 1", "Words 1.", "Item 2", "Words 2."]
    assert found.attachments == ()


def test_nobody_it_was_sent_to_stands_in_the_record() -> None:
    body = (
        "<p>Sent to PAT.MEMBER@office.example.</p><p>Write to london@thecssc.com</p>"
        "<a href='https://lists.example/leave?who=pat.member%40office.example'>Leave</a>"
    )
    more = {"Cc": "lee@office.example", "Delivered_To": "desk@office.example"}
    message = mail(body + "<p>lee@office.example and desk@office.example</p>", Content_Type="text/html", **more)
    (entry,) = reading(message).read
    said = f"{entry.notification} {entry.notification.evidence} {entry.raw}".lower()
    assert "office.example" not in said
    assert "london@thecssc.com" in entry.notification.text
    assert "addresses of recipients left out: 4" in entry.notification.evidence["text"]


def test_files_are_attachments_and_pictures_in_the_words_are_not() -> None:
    message = multipart(
        RICH,
        "Content-Type: application/pdf; name=a.pdf\nContent-ID: <a@x>\n\n%PDF-1",
        "Content-Type: application/pdf; name=b.pdf\nContent-ID: <a@x>\n\n%PDF-2",
        'Content-Type: text/plain\nContent-Disposition: attachment; filename="../c.txt"\n\nwords',
        "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Disposition: inline\n\nPNG",
        "Content-Type: application/pkcs7-signature; name=s.p7s\n\nxxx",
        "Content-Type: application/pdf; name=empty.pdf\n\n",
    )
    assert record(message).attachments == (
        ("mid:given@test/a@x", "a.pdf"),
        ("mid:given@test/part-3", "b.pdf"),
        ("mid:given@test/part-4", "c.txt"),
    )


@pytest.mark.parametrize(
    ("headers", "why"),
    [({"Message_ID": None}, "no Message-ID"), ({"Message_ID": "<a b>"}, "unusable"), ({"Message_ID": ""}, "unusable")],
)
def test_a_message_without_an_id_has_a_ref_of_its_own(headers: dict[str, str | None], why: str) -> None:
    first, other = mail(WORDS, **headers), mail("Other words.", **headers)
    moved = b"Received: by mx\nX-Spam: no\n" + first.replace(b"\n", b"\r\n")
    assert ref_of(first) == ref_of(moved) and ref_of(first).ref != ref_of(other).ref
    assert ref_of(first).ref.endswith("@no-message-id.invalid")
    assert why in record(first).evidence["ref"]


def test_two_ids_are_none_and_a_second_message_of_one_id_has_another_ref() -> None:
    assert "2 Message-IDs" in ref_of(b"Message-ID: <other@x>\n" + mail()).how
    ref = second_ref(mail("Other words."))
    assert ref.endswith("+one@thecssc.com")
    found = record(mail("Other words."), ref=ref)
    assert found.ref == ref and "stands for another message" in found.evidence["ref"]
