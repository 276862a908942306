"""Feeds of our own words in every format, and a source that reads them."""

from __future__ import annotations

from typing import Any

from archive.records import Reading
from parsers.families.feed import Feed
from parsers.source import Source, parse

ADDRESS = "https://feeds.example.org/news/feed.xml"


class Bulletins(Feed):
    """A feed by configuration alone."""

    slug = "feed-of-tests"
    publisher = "ncsc"
    rights = "©"
    basis = "ours"
    start = (ADDRESS,)
    every_minutes = 60
    listing = "window"
    expect = range(500)


ITEM = """<item><title>Gates close early</title><link>https://feeds.example.org/news/1</link><guid>g-1</guid>
<pubDate>Tue, 17 Nov 2026 15:04:33 GMT</pubDate>
<description>&lt;p&gt;The gates close at 6 pm.&lt;/p&gt;&lt;ul&gt;
&lt;li&gt;Use
&lt;a href="/map.pdf"&gt;the map&lt;/a&gt;&lt;/li&gt;&lt;/ul&gt;</description></item>"""

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">
<title>News</title><id>urn:f</id>
<updated>2026-11-17T15:04:33Z</updated>
<entry><title>Gates close early</title><link href="/news/1"/><id>g-1</id><published>2026-11-17T15:04:33Z</published>
<updated>2026-11-18T09:00:00+00:00</updated>
<content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>The gates close at 6 pm.</p>
<ul><li>Use <a href="/map.pdf">the map</a></li></ul></div></content></entry></feed>"""

RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="https://feeds.example.org/"><title>News</title><link>https://feeds.example.org/</link><description/>
<items><rdf:Seq><rdf:li rdf:resource="g-1"/></rdf:Seq></items></channel>
<item rdf:about="g-1"><title>Gates close early</title><link>https://feeds.example.org/news/1</link><dc:date>2026-11-17T15:04:33Z</dc:date>
<description>In short.</description>
<content:encoded><![CDATA[<p>The gates close at 6 pm.</p>
<ul><li>Use <a href="/map.pdf">the map</a></li></ul>]]></content:encoded></item></rdf:RDF>"""

ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>News</title>
<entry><title>Gates close early</title>
<link rel="alternate" type="text/html" href="https://feeds.example.org/news/1"/><id>g-1</id>
<issued>2026-11-17T15:04:33Z</issued>
<modified>2026-11-18T09:00:00Z</modified><content type="text/html" mode="escaped">&lt;p&gt;The gates close
at 6 pm.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Use
&lt;a href="/map.pdf"&gt;the map&lt;/a&gt;&lt;/li&gt;&lt;/ul&gt;</content></entry></feed>"""

JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "News", "next_url": "/news/feed.json?p=2",
"items": [
{"id": "g-1", "url": "https://feeds.example.org/news/1", "title": "Gates close early",
"date_published": "2026-11-17T15:04:33Z",
"date_modified": "2026-11-18T09:00:00Z",
"content_html": "<p>The gates close at 6 pm.</p><ul><li>Use <a href='/map.pdf'>the map</a></li></ul>"}]}"""


def rss(*items: str, version: str = "2.0", head: str = "") -> str:
    """An RSS feed of these items."""
    body = "\n".join(items or (ITEM,))
    return f'<?xml version="1.0"?><rss version="{version}"><channel><title>News</title>{head}{body}</channel></rss>'


FORMATS = {
    "RSS 0.91": rss(version="0.91").replace(
        "<rss", '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "x.dtd">\n<rss'
    ),
    "RSS 0.92": rss(version="0.92"),
    "RSS 2.0": rss(),
    "RSS 1.0": RDF,
    "Atom 0.3": ATOM_03,
    "Atom 1.0": ATOM,
    "JSON Feed 1": JSON.replace("version/1.1", "version/1"),
    "JSON Feed 1.1": JSON,
}


def read(document: str | bytes, media_type: str | None = None, source: Source | None = None) -> Reading:
    """What the source makes of a feed."""
    body = document if isinstance(document, bytes) else document.encode()
    return parse(source or Bulletins(), body, ADDRESS, media_type)


def only(document: str | bytes, media_type: str | None = None) -> dict[str, Any]:
    """The only record of a feed, as `parse` prints it."""
    reading = read(document, media_type)
    assert not reading.refused, reading.refused
    (entry,) = reading.read
    return entry.notification.as_row()
