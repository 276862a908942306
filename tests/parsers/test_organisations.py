"""Issuers: who the heading or the opening says a bulletin is from or on behalf of, and nobody else."""

from __future__ import annotations

import pytest

from parsers.organisations import ORGANISATIONS, SLUGS, issuers

CASES: list[tuple[str | None, str, list[str]]] = [
    ("MPS / NCPP - Lisbon Incident - 6th May 2018", "", ["met-police", "ncpp"]),
    ("TFL Bulletin RE Strike by BTP staff", "", ["tfl"]),
    ("Suspicious item at Transport for London offices", "", []),
    ("Incident near Bank - MPS Bulletin", "", ["met-police"]),
    ("Fake Action Fraud callers", "", []),
    (None, "CoLP and BTP, in conjunction with NaCTSO, are holding a day.", ["btp", "city-of-london-police", "nactso"]),
    (
        None,
        "A leaflet produced by the MPS in partnership with the City of London Police.",
        ["city-of-london-police", "met-police"],
    ),
    (None, "This message is from the National Fraud Intelligence Bureau.", ["nfib"]),
    (None, "This is sent on behalf of Metropolitan Police Security Operations.", ["met-police"]),
    (None, "Emails that claim to be a message from Action Fraud are going round.", []),
    (None, "Please use the Foreign and Commonwealth Office website.", []),
    (None, "First.\nSecond.\nThird.\nIssued by the MPS.", []),
    (None, "Follow @TfL or see www.btp.example and MPS.example.", []),
    (None, "The Greater City of London Police Museum opens.", []),
    (None, "MPSX and XBTP and NCPP1 are codes.", []),
    ("NFIB Alert", "Transport for London services are spoofed.", ["nfib"]),
    ("NFIB Alert", "NFIB and the City of London Police warn of fraud.", ["city-of-london-police", "nfib"]),
    (None, "Report fraud to your bank.", []),
    ("METROPOLITAN POLICE SERVICE bulletin", "", ["met-police"]),
    (None, "", []),
    ("Greater Manchester Police statement", "", ["greater-manchester-police"]),
    ("Statement from Heddlu De Cymru", "", ["south-wales-police"]),
    ("Avon and Somerset Police appeal", "", ["avon-and-somerset-police"]),
    ("Former Kent Police officer jailed", "", []),
    ("Kent Police Federation statement", "", []),
    ("Met Office warning", "", ["met-office"]),
    ("MPS FALCON bulletin", "", ["falcon", "met-police"]),
    ("MPS Falcon bulletin", "", ["met-police"]),
    ("Falcon stolen from a zoo", "", []),
    ("MPS Cyber Protect briefing", "", ["cyber-protect"]),
    (None, "Cyber Protect officers of Kent Police hold a day.", []),
]


@pytest.mark.parametrize(("title", "text", "slugs"), CASES)
def test_issuers(title: str | None, text: str, slugs: list[str]) -> None:
    assert [slug for slug, _ in issuers(title, text)] == slugs


def test_evidence_says_where_the_name_stands() -> None:
    assert issuers("MPS note", "Sent on behalf of the BTP.") == (
        ("btp", "opening 'on behalf of … BTP'"),
        ("met-police", "heading 'MPS'"),
    )


def test_organisations_hang_together() -> None:
    for slug, each in ORGANISATIONS.items():
        assert slug == each.slug
        for other in (each.part_of, each.run_by, each.succeeded_by):
            assert other is None or other in ORGANISATIONS
        if each.succeeded_by:
            successor = ORGANISATIONS[each.succeeded_by]
            assert each.until is not None
            assert successor.since is not None
            assert each.until < successor.since
    spellings = [name.casefold() for each in ORGANISATIONS.values() for name in (each.name, *each.aliases)]
    assert len(set(spellings)) == len(SLUGS)
    for spelling in set(spellings):
        assert (
            len(
                {
                    each.slug
                    for each in ORGANISATIONS.values()
                    if spelling in map(str.casefold, (each.name, *each.aliases))
                }
            )
            == 1
        )
