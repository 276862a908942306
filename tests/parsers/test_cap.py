"""CAP alerts and the feeds that list them: identity, kinds, languages, instants, and what is no bulletin."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from archive.records import Notification, Reading
from parsers.families.cap import CapFeed
from parsers.page import PageChanged
from parsers.source import Source, parse, sources

URL = "https://cap.example/feed"


class Configured(CapFeed):
    """A feed as a user adds it: facts only."""

    slug, publisher, rights, basis = "", "met-police", "© Example", "example"
    start, every_minutes, listing, expect = (URL,), 15, "window", range(50)


def alert(*members: str, version: str = "1.2", prefix: str = "", **changed: str) -> str:
    said = {"identifier": "A-1", "sender": "desk@example.org", "sent": "2026-01-05T10:00:00-00:00", "status": "Actual"}
    said |= {"msgType": "Alert", "scope": "Public"} | changed
    mark = f"{prefix}:" if prefix else ""
    inside = "".join(f"<{mark}{name}>{value}</{mark}{name}>" for name, value in said.items() if value != "-")
    named = f"xmlns{':' + prefix if prefix else ''}"
    space = f"urn:oasis:names:tc:emergency:cap:{version}"
    return f'<{mark}alert {named}="{space}">{inside}{"".join(members)}</{mark}alert>'


def info(headline: str = "Flood", language: str = "", **said: str) -> str:
    own = {"language": language, "event": "Flooding", "headline": headline} | said
    return "<info>" + "".join(f"<{name}>{value}</{name}>" for name, value in own.items() if value) + "</info>"


def atom(*entries: str) -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Alerts</title>{inside}</feed>'


def read(
    document: str, role: str = "listing", facts: Mapping[str, str] | None = None, source: Source | None = None
) -> Reading:
    return parse(source or Configured(), document.encode(), URL, "application/xml", role, facts)


def record(document: str, role: str = "listing", facts: Mapping[str, str] | None = None) -> Notification:
    (entry,) = read(document, role, facts).read
    return entry.notification


def reason(document: str) -> str:
    (entry,) = read(document).refused
    return entry.reason


def test_the_ref_is_what_later_alerts_refer_to() -> None:
    first = record(alert(info()))
    later = record(alert(info(), identifier="A-2", msgType="Update", references=f"{first.ref} x,y,z"))
    assert later.references == (first.ref, "x,y,z")
    assert ("action", "update") in later.codes
    assert not [value for scheme, value in first.codes if scheme == "action"]


def test_prefixes_and_the_older_version_say_the_same() -> None:
    plain, prefixed = alert(version="1.1"), alert(version="1.1", prefix="cap")
    assert record(plain).content_hash() == record(prefixed).content_hash() == record(alert()).content_hash()
    assert record(plain).evidence["document"] == "CAP 1.1, read by the rules of 1.2"


@pytest.mark.parametrize("status", ["Actual", "Exercise", "System", "Test", "Draft"])
def test_every_status_is_kept_and_marked(status: str) -> None:
    assert ("cap-status", status) in record(alert(info(), status=status)).codes


def test_each_language_speaks_in_order() -> None:
    found = record(
        alert(
            info("Flood", "en-GB", description="Water.\nRising.", instruction="Go."),
            info("Llifogydd", "cy-GB", description="Dŵr.", instruction="Ewch."),
        )
    )
    assert (found.title, found.language) == ("Flood", "en-GB")
    assert found.text == "Flood\nWater.\nRising.\nGo.\nLlifogydd\nDŵr.\nEwch."
    assert ("cap-language", "cy-GB") in found.codes


def test_markup_in_words_is_read_as_lines_and_links() -> None:
    words = "&lt;p&gt;One &amp;amp; two&lt;br /&gt;three &lt;a href='/map.pdf'&gt;map&lt;/a&gt;&lt;/p&gt;"
    found = record(alert(info(description=words)))
    assert found.text == "One & two\nthree map"
    assert found.attachments == (("https://cap.example/map.pdf", "map"),)


def test_resources_are_attachments_only_where_they_are_documents() -> None:
    resources = "".join(
        f"<resource><resourceDesc>{name}</resourceDesc><mimeType>{kind}</mimeType><uri>{uri}</uri></resource>"
        for name, kind, uri in (
            ("Map", "application/pdf", "https://a.example/get?id=1"),
            ("Table", "text/plain", "https://a.example/t.csv"),
            ("Photo", "image/png", "https://a.example/p.png"),
            ("Inside", "application/pdf", "inside.pdf"),
            ("Bad", "application/pdf", "javascript:alert(1)"),
        )
    )
    found = record(alert(f"<info><event>Flood</event>{resources}</info>"))
    assert found.attachments == (("https://a.example/get?id=1", "Map"), ("https://a.example/t.csv", "Table"))
    assert found.links == (("https://a.example/p.png", "Photo"),)


def test_a_region_is_one_single_area() -> None:
    area = "<area><areaDesc>{}</areaDesc></area>"
    block = "<info><event>e</event>{}</info>"
    assert record(alert(block.format(area.format("Kent")) * 2)).region == "Kent"
    two = record(alert(block.format(area.format("Kent") + area.format("Surrey"))))
    assert (two.region, [value for scheme, value in two.codes if scheme == "cap-area"]) == (None, ["Kent", "Surrey"])


def test_an_alert_expires_with_its_last_block_and_not_at_all_where_one_does_not() -> None:
    early, late = info(expires="2026-01-05T23:30:00+00:00"), info(expires="2026-01-05T23:00:00-01:00")
    assert record(alert(late, early)).expires == "2026-01-05T23:00:00-01:00"
    assert record(alert(late, info())).expires is None


@pytest.mark.parametrize("instant", ["2026-01-05T10:00:00-00:00", "2026-07-05T10:00:00+01:00"])
def test_instants_are_kept_as_stated(instant: str) -> None:
    assert (record(alert(sent=instant)).issued, record(alert(sent=instant)).issued_precision) == (instant, "second")


@pytest.mark.parametrize(
    "instant", ["2026-01-05T10:00:00", "2026-01-05", "2026-02-30T10:00:00+00:00", "05/01/2026", "now", "2026-01-05T10"]
)
def test_an_instant_that_is_none_or_has_no_zone_refuses_the_alert(instant: str) -> None:
    assert "date" in reason(alert(sent=instant))
    assert "expires: date" in reason(alert(info(expires=instant)))


REFUSED = {
    "0 times identifier": alert(identifier="-"),
    "0 times sender": alert(sender=" "),
    "0 times sent, expected 1": alert(sent="-"),
    "2 times sent": alert("<sent>2026-01-05T10:00:00+00:00</sent>"),
    "has a space or comma": alert(identifier="A 1"),
    "status 'Real', expected Actual, Exercise, System, Test, Draft": alert(status="Real"),
    "msgType 'Notice', expected Alert, Update, Cancel": alert(msgType="Notice"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_gives_no_identity_is_refused(why: str) -> None:
    assert why in reason(REFUSED[why])


def test_an_alert_that_says_nothing_more_is_kept_under_what_is_known() -> None:
    assert record(alert(msgType="Cancel")).title == "Cancel"
    assert record(alert(msgType="Cancel"), "detail", {"title": "Flood in Kent"}).title == "Flood in Kent"
    assert record(alert(note="Over.")).text == "Over."


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_a_reply_is_understood_and_is_no_bulletin(kind: str) -> None:
    for role in ("detail", "listing"):
        reading = read(alert(msgType=kind), role)
        assert (reading.seen, reading.links) == (0, ())
        assert reading.nothing == f"{URL}: alert 'A-1': msgType {kind}, a message between systems"
    beside = read(
        atom(f"<id>1</id><content>{alert(msgType=kind)}</content>", f"<id>2</id><content>{alert()}</content>")
    )
    assert (len(beside.read), beside.refused, beside.nothing) == (1, (), None)


def test_an_alert_that_a_feed_carries_is_read_where_it_stands() -> None:
    link = '<link href="https://cap.example/people"/>'
    reading = read(atom(f'<id>1</id>{link}<content type="text/xml">{alert(info())}</content>'))
    assert [(each.notification.url, each.notification.title) for each in reading.read] == [
        ("https://cap.example/people", "Flood")
    ]
    assert reading.links == ()


LINKS = {
    '<link rel="alternate" type="text/html" href="/h"/><link rel="x" type="application/cap+xml" href="/c"/>': "/c",
    '<link type="text/html" href="/h"/><link href="/x.cap.xml" type="text/plain"/>': "/x.cap.xml",
    '<link href="/plain"/>': "/plain",
    '<link rel="self" href="/self"/><link type="application/xml" href="/xml"/>': "/xml",
}


@pytest.mark.parametrize("links", LINKS)
def test_an_entry_leads_to_its_alert(links: str) -> None:
    entry = f"<id>e1</id><title>T</title><updated>2026-01-05T10:00:00Z</updated>{links}"
    (link,) = read(atom(entry)).links
    assert (link.url, link.role, link.ref) == (f"https://cap.example{LINKS[links]}", "detail", "e1")
    assert link.facts == {"title": "T", "updated": "2026-01-05T10:00:00Z", "guid": "e1"}


def test_an_item_of_rss_leads_to_its_alert() -> None:
    item = "<item><title>T</title><link> https://cap.example/1 </link><guid>g</guid><pubDate>Mon</pubDate></item>"
    (link,) = read(f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>').links
    assert (link.url, link.ref, link.facts) == (
        "https://cap.example/1",
        "g",
        {"title": "T", "issued": "Mon", "guid": "g"},
    )


@pytest.mark.parametrize("links", ["", '<link href="javascript:x"/>', '<link type="text/html" href="/h"/>'])
def test_an_entry_that_leads_nowhere_is_refused(links: str) -> None:
    assert reason(atom(f"<id>e1</id>{links}")).endswith(
        "entry 'e1': neither an alert nor a link to one, expected a CAP document"
    )


@pytest.mark.parametrize("document", [atom(), "<rss><channel/></rss>"])
def test_a_feed_without_alerts_is_healthy(document: str) -> None:
    reading = read(document)
    assert (reading.seen, reading.links, reading.nothing) == (0, (), None)


NO_FEEDS = {
    "root element 'html'": "<html><body/></html>",
    "root element 'alert'": "<alert><identifier>1</identifier></alert>",
    "cap:1.3}alert'": alert(version="1.3"),
    "root element 'rss'": "<rss/>",
    "Atom}feed'": '<feed xmlns="http://www.w3.org/2005/Atom"/>',
    "not XML": "<title>Just a moment...</title",
}


@pytest.mark.parametrize("why", NO_FEEDS)
def test_what_is_neither_feed_nor_alert_is_an_error(why: str) -> None:
    with pytest.raises(PageChanged, match=why):
        read(NO_FEEDS[why])


def test_a_detail_must_be_an_alert() -> None:
    with pytest.raises(PageChanged, match="expected a CAP alert$"):
        read(atom(), "detail")


BOMBS = {
    "entities": "".join(f'<!ENTITY x{n + 1} "{f"&x{n};" * 20}">' for n in range(9)),
    "long entity": f'<!ENTITY x9 "{"y" * 100_000}">',
    "external entity": '<!ENTITY x9 SYSTEM "file:///etc/passwd">',
    "remote entity": '<!ENTITY x9 SYSTEM "http://127.0.0.1:9/">',
    "parameter entity": '<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;',
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("place", ["<info><headline>&x9;</headline></info>", '<info><area id="&x9;"/></info>'])
def test_a_document_with_entities_is_refused_as_a_whole(bomb: str, place: str) -> None:
    with pytest.raises(PageChanged, match="not XML|a document type of its own"):
        read(f'<!DOCTYPE alert [<!ENTITY x0 "y">{BOMBS[bomb]}]>{alert(place)}')


FLOODS = {
    "depth": alert("<info>" * 5_000 + "</info>" * 5_000),
    "tags": alert("<info/>" * 200_000),
    "elements": alert("<area/>" * 110_000),
    "alerts": f"<alerts>{alert() * 5_001}</alerts>",
    "a long attribute": alert(f'<info x="{"y" * 11_000_000}"/>'),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_refused(flood: str) -> None:
    with pytest.raises(PageChanged):
        read(FLOODS[flood])


def test_many_attributes_and_long_words_are_read() -> None:
    many = " ".join(f"a{n}='1'" for n in range(2_000))
    found = record(alert(f"<info {many}><headline>{'word ' * 50_000}</headline></info>"))
    assert len(found.title or "") == 249_999


def test_a_signature_is_told_and_not_trusted() -> None:
    signed = alert(
        info(), '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>x</SignatureValue></Signature>'
    )
    assert record(signed).evidence["document"] == "CAP 1.2, with an enveloped XML signature that was not verified"
    assert record(signed).content_hash() == record(alert(info())).content_hash()


def test_a_new_signature_is_not_a_new_page() -> None:
    signed = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>{}</SignatureValue></Signature>'
    pages = [Configured().page(alert(info(), signed.format(value)).encode(), URL) for value in "xy"]
    assert pages[0].region_hash == pages[1].region_hash


def test_an_emergency_alert_that_stops_is_a_revision_of_itself() -> None:
    source = sources()["uk-emergency-alerts"]
    entry = (
        "<id>https://www.gov.uk/alerts/1</id><title>Kent</title><published>2026-07-05T10:00:00+01:00</published>"
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{}<p>Go inside.</p></div></content>'
        '<link href="https://www.gov.uk/alerts/1" rel="alternate"/><summary>Alert area: Kent. Sent: now.{}</summary>'
    )
    sending = read(atom(entry.format("", "")), source=source).read[0].notification
    stopped = entry.format("<p>Stopped</p>", " Stopped: 11am (BST) [2026-07-05 11:00 BST]")
    ended = read(atom(stopped), source=source).read[0].notification
    assert (sending.ref, sending.region, sending.expires, sending.codes) == (ended.ref, "Kent", None, ())
    assert (ended.expires, ended.codes) == ("2026-07-05T11:00+01:00", (("cap-state", "ended"),))
    assert sending.content_hash() != ended.content_hash()
