"""Mangled mail: whatever was done to a message, it is read, refused with a sentence, and never altered by a clock."""

from __future__ import annotations

import resource
import subprocess
import sys
import tracemalloc
from contextlib import suppress
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from parsers.mail import is_message
from parsers.mail_dates import sent_at
from parsers.mail_headers import parameters, split_message, words_of
from parsers.mail_refs import address_of, ref_of
from parsers.page import PageChanged
from tests.parsers.mails import mail, multipart, reading
from tests.parsers.test_mail import FORWARD

WHOLE = [
    mail(),
    mail(FORWARD.format(mark="Begin forwarded message:", date="Sent: 23 March 2017 09:30"), Subject="FW: a"),
    multipart(
        "Content-Type: multipart/alternative; boundary=c\n\n--c\n\nplain\n--c\nContent-Type: text/html\n\n<p>rich",
        b"Content-Type: message/rfc822\n\n" + mail("inner", Message_ID="<two@x>"),
        "Content-Type: application/pdf; name*0=a; name*1*=%C3%A9\nContent-Transfer-Encoding: base64\n\nJVBERi0=",
    ),
    mail(
        "caf=C3=A9 =\nopen",
        Content_Type="text/plain; charset=utf-8; format=flowed",
        Content_Transfer_Encoding="quoted-printable",
        Subject="=?utf-8?B?Y2Fmw6k=?=",
    ),
]
PIECES = [
    *(
        b"\n",
        b"\r\n\r\n",
        b"--b",
        b"--b--\n",
        b"--c\n",
        b"=",
        b"=?utf-8?Q?",
        b"?=",
        b"\x00",
        b"\xff\xfe",
        b"<",
        b"<div>",
    ),
    *(b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Transfer-Encoding: base64\n", b"From: ", b"To: a@b\n"),
    *(b">", b"From x Fri Mar 24 14:05:06 2017\n", b"Message-ID: <x@y>\n", b"Date: Fri, 24 Mar 2017 25:05:06 +9999\n"),
]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A message with pieces cut out, doubled, put elsewhere, or strewn in."""
    message = draw(st.sampled_from(WHOLE))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(message)))
        end = draw(st.integers(start, min(len(message), start + 200)))
        piece = draw(st.sampled_from([b"", message[start:end] * 2, *PIECES]) | st.binary(max_size=8))
        message = message[:start] + piece + message[end:]
    return message


@given(mangled() | st.binary(max_size=400))
@example(b"")
@example(b"\n")
@example(b"From: a\n" * 3)
@example(b"Content-Type: multipart/mixed; boundary=\n\nx")
@example(b"Content-Type: multipart/alternative; boundary=b\n\n--b--")
def test_a_mangled_message_is_read_or_refused(message: bytes) -> None:
    assert ref_of(message) == ref_of(message)
    assert address_of(ref_of(message).ref).isascii()
    sent_at(message), is_message(message)
    try:
        found = reading(message)
    except PageChanged as problem:
        assert "expected" in str(problem)
        return
    assert found.seen == 1
    for entry in found.read:
        entry.notification.content_hash()
        assert entry.notification.issued and entry.notification.issued_precision
        str(entry.notification.as_row()).encode("utf-8")
    assert all("expected" in entry.reason and "Error:" not in entry.reason for entry in found.refused)
    assert reading(message) == found


@given(st.binary(max_size=200))
def test_headers_of_any_bytes_are_words(value: bytes) -> None:
    assert words_of(value).encode("utf-8") is not None
    assert "\n" not in words_of(value)
    parameters(value.decode("latin-1"))
    split_message(value)


MANY = 500_000
FLOODS = {
    "boundaries": lambda n: multipart(kind="mixed") + b"--b\n" * n,
    "boundaries of one another": lambda n: mail(
        b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (k, k + 1) for k in range(n // 40)),
        Content_Type="multipart/mixed; boundary=b0",
    ),
    "encoded words": lambda n: mail(Subject="=?utf-8?Q?x?= " * (n // 15)),
    "parameters": lambda n: mail(Content_Type="text/plain" + "; a=b" * (n // 5)),
    "quotes": lambda n: mail(Content_Type='text/plain; a="' + "\\" * n),
    "blocks of headers": lambda n: mail("From: a@b\nSent: x\nSubject: y\n" * (n // 30), Subject="FW: a"),
    "froms": lambda n: mail("From: a@b\n" * (n // 10), Subject="FW: a"),
    "quotation": lambda n: mail(">" * n + "\n" + "> > " * (n // 4), Subject="FW: a"),
    "addresses": lambda n: mail("a.b@c.d " * (n // 8), Bcc="a.b@c.d, " * (n // 90)),
    "at signs": lambda n: mail("To: " + "a@" * (n // 2) + "\nFrom: " + "<a@b" * (n // 4), Subject="FW: a"),
    "brackets": lambda n: mail(Subject="[" * 30_000 + "[a] " * 7_000),
    "white space": lambda n: mail(" " * n + "\n" + " \n" * (n // 2), Content_Type="text/plain; format=flowed"),
    "base64": lambda n: mail("=" * n + "A" * 5, Content_Transfer_Encoding="base64"),
    "quoted": lambda n: mail("=" * n, Content_Transfer_Encoding="quoted-printable"),
    "deep markup": lambda n: mail("<div>" * (n // 5), Content_Type="text/html"),
    "message ids": lambda n: mail(Message_ID="<" + " " * 30_000 + "x" * 30_000),
    "comments": lambda n: mail(Date="(" * 30_000 + " ()" * 10_000),
}


CPU_SECONDS = 20
"""For all of them together: linear work needs a third, one quadratic expression more than all of it."""
CHILD = """
from tests.parsers.test_mail_mangled import FLOODS, MANY, cost
for name, flood in FLOODS.items():
    cost(flood(MANY))
    print(name, flush=True)
"""


def cost(message: bytes) -> None:
    """Read a message in all the ways that an import does; a refusal is as good as a record."""
    ref_of(message), sent_at(message), is_message(message)
    with suppress(PageChanged):
        reading(message)


def test_floods_cost_linear_work() -> None:
    """Nothing is timed: the child is killed by its CPU limit where an expression is quadratic."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)),
    )
    assert child.stdout.splitlines() == list(FLOODS), child.stderr[-2_000:]


def test_a_large_message_needs_memory_for_itself_and_little_more() -> None:
    message = multipart(b"Content-Type: application/pdf; name=a.pdf\n\n%PDF" + b"x\n" * 5_000_000)
    tracemalloc.start()
    reading(message)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * len(message)
