"""GOV.UK Emergency Alerts: a feed whose entries are the alerts; those of one series also lead to CAP documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from replica.answers import Answer
from replica.bulletins import LONDON, at
from replica.platforms.site import made

FEED_PATH, CAP_FOLDER = "/alerts/feed.atom", "/alerts/cap-xml/"
SENDER = "broadcasts@alerts.replica.test"
FEED = """<?xml version='1.0' encoding='utf-8'?>
<?xml-stylesheet href="feed.xsl" type="text/xsl"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US">
  <id>https://www.gov.uk/alerts/feed.atom</id>
  <title>Emergency Alerts</title>
  <updated>{updated}</updated>
  <author><name>Emergency Alerts Service</name><uri>https://www.gov.uk/contact/govuk</uri></author>
  <link href="https://www.gov.uk/alerts/feed.atom" rel="self" type="application/atom+xml"/>
  <link href="https://www.gov.uk/alerts" rel="alternate" type="application/html"/>
  <generator>gov.uk</generator>
  <subtitle>GOV.UK Emergency Alerts, as the replica invents them</subtitle>
{entries}</feed>
"""
ENTRY = """  <entry>
    <id>https://www.gov.uk/alerts/{name}</id>
    <title>{area}</title>
    <updated>{updated}</updated>
    <author><name>Emergency Alerts Service</name><uri>https://www.gov.uk/contact/govuk</uri></author>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{stopped}<p>{words}</p></div></content>
    <link href="https://www.gov.uk/alerts/{name}" rel="alternate"/>{cap}
    <summary>Alert area: {area}. Sent: {sent}.{ended}</summary>
    <published>{published}</published>
  </entry>
"""
CAP_LINK = '\n    <link href="https://www.gov.uk{path}" rel="related" type="application/cap+xml"/>'
CAP = """<?xml version='1.0' encoding='utf-8'?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{name}</identifier>
  <sender>{sender}</sender>
  <sent>{sent}</sent>
  <status>Actual</status>
  <msgType>{kind}</msgType>
  <scope>Public</scope>{references}
  <info>
    <language>en-GB</language>
    <category>Met</category>
    <event>Severe Flood Warning</event>
    <responseType>{response}</responseType>
    <urgency>Immediate</urgency>
    <severity>{severity}</severity>
    <certainty>Likely</certainty>
    <expires>{expires}</expires>
    <senderName>GOV.UK Emergency Alerts</senderName>
    <headline>{area}: {headline}</headline>
    <description>{words}</description>
    <area><areaDesc>{area}</areaDesc><polygon>54.40,-2.96 54.41,-2.97 54.42,-2.96 54.40,-2.96</polygon></area>
  </info>
</alert>
"""


class Sent(NamedTuple):
    """An alert to the phones of an area: when it was sent and stopped, in steps (both may be before the first)."""

    name: str
    area: str
    sent: int
    stopped: int
    words: str
    cap: str = ""
    """The kind of CAP message behind it; empty where the entry itself is all there is."""


ALERTS = (
    Sent(
        "21-jan-2026",
        "Testshire",
        -960,
        -958,
        "A mobile network operator is testing emergency alerts. You need do nothing.",
    ),
    Sent(
        "14-feb-2026",
        "Ambleton, Carrow Heath",
        -380,
        -370,
        "Smoke from the fire on Carrow Moor is harmful. Close windows and doors, stay indoors.",
    ),
    Sent(
        "2-mar-2026",
        "Wibbleford",
        4,
        17,
        "SEVERE FLOOD WARNING issued by the Environment Agency. The dam above Wibbleford may fail within "
        "hours. Go to higher ground now.",
    ),
    Sent(
        "2-mar-2026-2",
        "Lower Wibble valley",
        10,
        99,
        "The dam above Wibbleford may fail. Leave low ground now.",
        "Alert",
    ),
    Sent(
        "3-mar-2026",
        "Lower Wibble valley",
        18,
        99,
        "The dam holds. Stay on high ground until it has been inspected.",
        "Update",
    ),
    Sent("3-mar-2026-2", "Lower Wibble valley", 28, 99, "The dam has been inspected. You may go home.", "Cancel"),
)


def alerts_feed(step: int) -> Answer:
    """The feed at a step, newest first."""
    sent = [alert for alert in reversed(ALERTS) if alert.sent <= step]
    moves = [move for alert in sent for move in (alert.sent, alert.stopped) if move <= step]
    entries = "".join(_entry(alert, step) for alert in sent)
    return made("text/xml", FEED.format(updated=at(max(moves)).isoformat(), entries=entries), at(max(moves)))


def cap_document(path: str, step: int) -> Answer | None:
    """The CAP document at a path; None where there is none yet."""
    found = (alert for alert in ALERTS if alert.cap and path == _cap_path(alert) and alert.sent <= step)
    return next((made("application/cap+xml", _cap(alert), at(alert.sent)) for alert in found), None)


def _entry(alert: Sent, step: int) -> str:
    is_stopped = alert.stopped <= step
    printed = _printed(at(alert.stopped))
    return ENTRY.format(
        name=alert.name,
        area=alert.area,
        updated=at(alert.stopped if is_stopped else alert.sent).isoformat(),
        stopped=f"<p><strong>Stopped sending at {printed}</strong></p>" if is_stopped else "",
        words=alert.words,
        cap=CAP_LINK.format(path=_cap_path(alert)) if alert.cap else "",
        sent=_stamped(at(alert.sent)),
        ended=f" Stopped: {_stamped(at(alert.stopped))}" if is_stopped else "",
        published=at(alert.sent).isoformat(),
    )


def _cap(alert: Sent) -> str:
    earlier = " ".join(_earlier(alert))
    cap_kind = {"Alert": ("Evacuate", "Extreme", "leave now")}
    response, severity, headline = cap_kind.get(alert.cap, ("Monitor", "Severe", "what has changed"))
    return CAP.format(
        name=alert.name,
        sender=SENDER,
        sent=at(alert.sent).isoformat(),
        kind=alert.cap,
        references=f"\n  <references>{earlier}</references>" if earlier else "",
        response=response,
        severity=severity,
        expires=at(alert.sent + 12).isoformat(),
        area=alert.area,
        headline=headline,
        words=alert.words,
    )


def _earlier(alert: Sent) -> Iterator[str]:
    """The messages of the series before this one, as CAP names them (CAP-v1.2, 3.2.1 references)."""
    for other in ALERTS:
        if other.cap and other.sent < alert.sent:
            yield f"{SENDER},{other.name},{at(other.sent).isoformat()}"


def _cap_path(alert: Sent) -> str:
    return f"{CAP_FOLDER}{alert.name}.cap.xml"


def _printed(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local:%I:%M%p}".lstrip("0").lower() + f" ({local:%Z}) on {local:%A %d %B %Y}"


def _stamped(moment: datetime) -> str:
    return f"{_printed(moment)} [{moment.astimezone(LONDON):%Y-%m-%d %H:%M %Z}]"
