"""A short page of messages in our own words, with the traps that such pages hold."""

from __future__ import annotations

from tests.parsers.markups import Message

ADDRESS = "https://www.bsia.co.uk/about-us/partnerships/cssc-london.aspx"

MESSAGES = (
    Message(
        "24/05/2018",
        "CSSC London Amber Message",
        "Update RE Lisbon, Portugal on 23/05/2018",
        ("Please [click here](/Portals/4/CSSC/lisbon update.pdf#page=1) for a note sent on behalf of London Protect.",),
    ),
    Message(
        "23/05/2018",
        "CSSC London Amber Message",
        "",
        (
            "The Metropolitan Police Service (MPS), together with the office of the National Coordinator Protect and "
            "Prepare, are aware of an event in Lisbon today, Wednesday 23rd May 2018.",
            "The threat from International Terrorism is SUBSTANTIAL, meaning an attack is likely.",
            "We ask you to:",
            "* Stay alert & brief your staff",
            "* Review your plans – all of them",
            "The CSSC London Amber Message of 20/05/2018 still applies.",
        ),
    ),
    Message(
        "21/05/2018",
        "CSSC Green Message",
        "TfL Bulletin RE Bus diversions",
        (
            "Buses are on diversion from 22/05/2018 until 25/05/2018.",
            "See [the map](http://maps.example.org/diversions?a=1&b=2) or write to [us](mailto:desk@example.org).",
        ),
    ),
    Message("21/05/2018", "CSSC London Green Message", "", ("City of London Police - Shops Team - NFIB Alert",)),
    Message(
        "17/05/2018",
        "CSSC East Midlands Red Message",
        "Evacuation - 17th May 2018.",
        (
            "Issued by the British Transport Police.",
            "[Plan](/LinkClick.aspx?fileticket=q1&tabid=9), [plan again](/LinkClick.aspx?fileticket=q1&tabid=9), "
            "[table](../files/rooms.XLSX?ver=2).",
        ),
    ),
)
