"""Words that a hostile publisher could write, each with a mark of its own (`zq07`), and an archive full of them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from archive.attachments import Page, ensure_documents, store_text
from archive.derived import Gap, NotificationRow, Target
from archive.journal import Arrival
from archive.records import Notification, ReadEntry, Reading, RefusedEntry
from archive.store import Archive, Session
from archive.tables import Capture, Run
from ingest.settling import arrive
from parsers.page import Page as Document
from parsers.source import Source
from tests.lifecycle.world import ADDRESS, START, bsia
from web.catalogue import Catalogue, SourceFacts

SHAPES = (
    "<script>{m}()</script>",
    "<ScRiPt src=//{m}.example/x.js></sCrIpT >",
    '"><script>{m}()</script>',
    "'><script>{m}()</script>",
    "</script><script>{m}()//</script>",
    "</title><script>{m}()</script>",
    "</textarea><script>{m}()</script>",
    "</style><script>{m}()</script>",
    "</pre></div></article></main><h1>{m}</h1>",
    "<img src=x:{m} onerror={m}()>",
    "<img/src='x:{m}'/onerror='{m}()'>",
    '" onmouseover="{m}()" x="',
    "' onfocus='{m}()' autofocus='",
    "` onclick=`{m}()` `",
    "{m} onload={m}() ",
    "<svg onload={m}()>",
    "<svg><a xlink:href='javascript:{m}()'><text>{m}</text></a></svg>",
    "<svg><animate href=#x attributeName=href values=javascript:{m}() /></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror={m}()></style></math>",
    "<math href='javascript:{m}()'>{m}</math>",
    "<iframe srcdoc='<script>{m}()</script>'></iframe>",
    "<object data='data:text/html,{m}'></object><embed src=x:{m}>",
    "<base href='https://{m}.example/'>",
    "<meta http-equiv=refresh content='0;url=https://{m}.example/'>",
    "<link rel=stylesheet href=//{m}.example/x.css><style>*{{x:{m}}}</style>",
    "<form action=https://{m}.example/><button formaction=javascript:{m}()>{m}",
    "<details open ontoggle={m}()><summary>{m}",
    "javascript:{m}()",
    "JaVaScRiPt:{m}()",
    " javascript:{m}()",
    "java\tscript:{m}()",
    "java\nscript:{m}()",
    "\x01javascript:{m}()",
    "javascript&colon;{m}()",
    "&#106;avascript&#58;{m}()",
    "javascript://www.example.org/%0A{m}()",
    "vbscript:msgbox({m})",
    "data:text/html,<script>{m}()</script>",
    "DATA:text/html;base64,PHNjcmlwdD4={m}",
    "file:///etc/{m}",
    "//{m}.example/",
    "\\\\{m}.example\\x",
    'https://www.example.org/?{m}="><script>{m}()</script>',
    "https://www.example.org/'onmouseover='{m}()",
    "http://[{m}",
    "]]><script>{m}()</script>",
    "<![CDATA[{m}]]>",
    "--><script>{m}()</script><!--",
    "<!-- {m}",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///{m}'>]><x>&e;</x>",
    "&lt;script&gt;{m}()&lt;/script&gt;",
    "&amp;lt;b&amp;gt;{m} &#x3c;b&#x3e; &unknown; &#0;",
    "</content></entry><entry><title>{m}</title></entry>",
    "{{{{ 7*7 }}}}{{% for x in y %}}{m}",
    "${{{m}}}#{{{m}}}<%= {m} %>",
    "\\u003cscript\\u003e{m}()\\u003c/script\\u003e",
    '"}},{{"{m}": "x"}}],"next":null,"x":"',
    "}}, title = {{{m}}} @misc{{x,\n  author = {{{m}}}",
    "\\input{{{m}}}\\write18{{{m}}} $\\cite{{{m}}}$ % {m}",
    '=HYPERLINK("https://{m}.example/","{m}")',
    "@SUM(1+1)*cmd|' /C {m}'!A0",
    "\u202egpj.{m}\u202c \u2066\u200b{m}\ufeff",
    "{m}\u2028{m}()\u2029",
    "\uff1cscript\uff1e{m}()\uff1c/script\uff1e",
    "x\r\nSet-Cookie: {m}=1\r\n\r\n<script>{m}()</script>",
    "nul\x00<scr\x00ipt>{m}()</scr\x00ipt>",
    "\x1b[31m{m}\x07\x9b",
    "\ufffe\uffff{m}\U000e0001",
    "+ADw-script+AD4-{m}()+ADw-/script+AD4-",
    "../../../{m}?x=1&y=2#z",
)
MARKS = tuple(f"zq{number:02}x" for number in range(len(SHAPES)))
WORDS = tuple(shape.format(m=mark) for shape, mark in zip(SHAPES, MARKS, strict=True))
AGAIN = " An update follows."
CATALOGUE = Catalogue(
    {"hostile": SourceFacts("hostile", WORDS[0], " ".join(WORDS), WORDS[2], WORDS[27], 15, WORDS[3])},
    {word: word for word in WORDS},
    banner=WORDS[0],
)
"""What a publisher says of itself is nobody's but ours to state; it is escaped all the same."""


class Written(Source):
    """A source whose parser believes every word."""

    def read(self, page: Document) -> Reading:
        again = AGAIN if "again" in page.characters else ""
        read = [ReadEntry(place, word, record(word, place, again)) for place, word in enumerate(WORDS)]
        refused = [RefusedEntry(len(WORDS) + place, f"{word}{again}", word) for place, word in enumerate(WORDS)]
        known = {document_of(word): dict.fromkeys(("series", "issuer", "edition"), word) for word in WORDS}
        return Reading(tuple(read), tuple(refused) if again else (), recognised=known)


def document_of(word: str) -> str:
    return f"{word}.pdf"


def record(word: str, place: int, again: str) -> Notification:
    """A bulletin that is made of one word; only its date is one that a parser could have read."""
    return Notification(
        source="hostile",
        ref=word,
        url=word,
        title=word,
        text=f"{word}\n{word}{again}",
        level=word,
        codes=((word, word),),
        issued=f"2018-05-{place % 28 + 1:02}",
        issued_precision="day",
        expires=word,
        region=word,
        threat_levels=((word, word),),
        links=((word, word), ("https://www.example.org/", word)),
        attachments=((document_of(word), word),),
        references=(word,),
        language=word,
        issuers=(word,),
        topics=(word,),
        handling=word,
        evidence={word: word, "title": word, "half": "\ud83d"},
    )


def written() -> Source:
    source = Written()
    vars(source).update({name: getattr(bsia(), name) for name in ("publisher", "rights", "basis", "start", "listing")})
    vars(source).update(slug="hostile", every_minutes=15, expect=range(1_000))
    return source


def came(body: bytes, minutes: int, **other: Any) -> Arrival:
    """One response of the hostile site."""
    said: dict[str, Any] = {
        "role": "listing",
        "url": ADDRESS,
        "status": 200,
        "headers": [(word, word) for word in WORDS],
    }
    said |= {"target_url": ADDRESS, "via": "file", "cause": "import", **other}
    return Arrival(source="hostile", fetched_at=START + timedelta(minutes=minutes), body=body, **said)


def fill(archive: Archive) -> None:
    """Two readings of the page, a redirect by way of each word, documents, gaps and runs that say each of them."""
    source, now = written(), START + timedelta(days=1)
    for minutes, body in ((0, b"<html><body>once"), (30, b"<html><body>again")):
        arrive(archive, source, [came(body, minutes)], now)
    hops = [came(b"", 60, url=word, status=302, headers=[("Location", word), (word, word)]) for word in WORDS]
    arrive(archive, source, [*hops, came(b"x", 60, url=WORDS[-1], status=404)], now)
    with archive.writing() as session:
        _tell(session, archive)


def _tell(session: Session, archive: Archive) -> None:
    """What the archive itself notes in the words of others."""
    for place, word in enumerate(WORDS):
        body = word.encode()
        held = {"sha256": hashlib.sha256(body).hexdigest(), "state": "held", "last_error": word}
        archive.blobs.put(body)
        session.execute(update(Target).where(Target.url == document_of(word)).values(held))
        ensure_documents(session, [held["sha256"]])
        store_text(session, held["sha256"], "damaged", word, word, [Page(1, word, word)])
        session.add(Gap(source="hostile", since=START, until=START, reason=word, capture_id=1))
        session.add(Run(source="hostile", started_at=START, ended_at=START, state="failed", reason=word, accounts={}))
        if place % 2:
            session.execute(update(NotificationRow).where(NotificationRow.id == place).values(state=word))
    session.execute(update(Capture).where(Capture.status == 404).values(reason=" ".join(WORDS)))
    session.execute(update(Target).where(Target.role == "listing").values(last_error=" ".join(WORDS)))
