"""Originals forwarded by programs that speak other languages: what each prints, in our words."""

from __future__ import annotations

import pytest

from parsers.mail_dates import read_block_date
from parsers.mail_forwarded import is_forward, is_reply, without_prefixes
from parsers.mail_languages import DAYS, FIELDS, MONTHS
from tests.parsers.mails import mail, record, refusal

WHO, ONE = "CSSC <info@thecssc.com>", "Pat Member <pat.member@office.example>"
TITLE, MORE = "London Amber Message - Stolen vans", "Kim <kim@office.example>"
WORDS = "Vans were stolen from two depots."
BLOCKS = {
    "Apple de": (
        f"> Anfang der weitergeleiteten Nachricht:\n>\n> Von: {WHO}\n> Betreff: {TITLE}\n"
        f"> Datum: 23. März 2017 um 09:30:00 MEZ\n> An: {ONE}\n> Kopie: {MORE}\n>\n> {WORDS}",
        "2017-03-23T09:30:00+01:00",
    ),
    "Apple fr": (
        f"Début du message réexpédié :\n\nDe: {WHO}\nObjet: {TITLE}\nDate: 23 mars 2017 à 09:30:00 UTC+1\n"
        f"À: {ONE}\nCc: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30:00+01:00",
    ),
    "Apple es": (
        f"Inicio del mensaje reenviado:\n\nDe: {WHO}\nAsunto: {TITLE}\nFecha: 23 de marzo de 2017, 9:30:00 CET\n"
        f"Para: {ONE}\nCc: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30:00+01:00",
    ),
    "Apple it": (
        f"Inizio messaggio inoltrato:\n\nDa: {WHO}\nOggetto: {TITLE}\nData: 23 marzo 2017 09:30:00 CET\n"
        f"A: {ONE}\nCc: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30:00+01:00",
    ),
    "Apple pl": (
        f"Początek przekazywanej wiadomości:\n\nOd: {WHO}\nTemat: {TITLE}\nData: 23 marca 2017 o 09:30:00 CET\n"
        f"Do: {ONE}\nDw: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30:00+01:00",
    ),
    "Gmail de": (
        f"---------- Forwarded message ---------\nVon: {WHO}\nDate: Do., 23. März 2017 um 09:30 Uhr\n"
        f"Subject: {TITLE}\nTo: {ONE}\nCc: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Gmail fr": (
        f"---------- Forwarded message ---------\nDe : {WHO}\nDate: jeu. 23 mars 2017 à 09:30\nSubject: {TITLE}\n"
        f"To: {ONE}\nCc: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Gmail es": (
        f"---------- Forwarded message ---------\nDe: {WHO}\nDate: jue, 23 mar 2017 a las 9:30\nSubject: {TITLE}\n"
        f"To: {ONE}\nCc: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Gmail it": (
        f"---------- Forwarded message ---------\nDa: {WHO}\nDate: gio 23 mar 2017 alle ore 09:30\nSubject: {TITLE}\n"
        f"To: {ONE}\nCc: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Gmail pl": (
        f"---------- Forwarded message ---------\nOd: {WHO}\nDate: czw., 23 mar 2017 o 09:30\nSubject: {TITLE}\n"
        f"To: {ONE}\nCc: {MORE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Outlook de": (
        f"Von: {WHO}\nGesendet: Donnerstag, 23. März 2017 09:30\nAn: {ONE}\nCc: {MORE}\nBetreff: {TITLE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Outlook fr": (
        f"De : {WHO}\nEnvoyé : jeudi 23 mars 2017 09:30\nÀ : {ONE}\nCc : {MORE}\nObjet : {TITLE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Outlook es": (
        f"De: {WHO}\nEnviado el: jueves, 23 de marzo de 2017 9:30\nPara: {ONE}\nCC: {MORE}\nAsunto: {TITLE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Outlook it": (
        f"Da: {WHO}\nInviato: giovedì 23 marzo 2017 09:30\nA: {ONE}\nCc: {MORE}\nOggetto: {TITLE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Outlook pl": (
        f"Od: {WHO}\nData: czwartek, 23 marca 2017 o 09:30\nDo: {ONE}\nDW: {MORE}\nTemat: {TITLE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Outlook nl": (
        f"Van: {WHO}\nVerzonden: donderdag 23 maart 2017 09:30\nAan: {ONE}\nCC: {MORE}\nOnderwerp: {TITLE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Outlook pt": (
        f"De: {WHO}\nData: quinta-feira, 23 de março de 2017 às 09:30\nPara: {ONE}\nCC: {MORE}\n"
        f"Assunto: {TITLE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
    "Thunderbird de": (
        f"-------- Weitergeleitete Nachricht --------\nBetreff: \t{TITLE}\nDatum: \tThu, 23 Mar 2017 09:30:00 +0100\n"
        f"Von: \t{WHO}\nAn: \t{ONE}\nKopie (CC): \t{MORE}\n\n{WORDS}",
        "2017-03-23T09:30:00+01:00",
    ),
    "Thunderbird fr": (
        f"-------- Message transféré --------\nSujet : \t{TITLE}\nDate : \tThu, 23 Mar 2017 09:30:00 +0100\n"
        f"De : \t{WHO}\nPour : \t{ONE}\nCopie à : \t{MORE}\n\n{WORDS}",
        "2017-03-23T09:30:00+01:00",
    ),
    "Thunderbird pl": (
        f"--- Treść przekazanej wiadomości ---\nTemat: \t{TITLE}\nData: \tThu, 23 Mar 2017 09:30:00 +0100\n"
        f"Nadawca: \t{WHO}\nAdresat: \t{ONE}\nKopia: \t{MORE}\n\n{WORDS}",
        "2017-03-23T09:30:00+01:00",
    ),
    "Thunderbird cy": (
        f"-------- Neges Wreiddiol --------\nPwnc: \t{TITLE}\nDyddiad: \tThu, 23 Mar 2017 09:30:00 +0000\n"
        f"Oddi wrth: \t{WHO}\nAt: \t{ONE}\nCc: \t{MORE}\n\n{WORDS}",
        "2017-03-23T09:30:00+00:00",
    ),
    "Welsh words": (
        f"Oddi wrth: {WHO}\nAnfonwyd: Dydd Iau, 23 Mawrth 2017 09:30\nAt: {ONE}\nCc: {MORE}\nPwnc: {TITLE}\n\n{WORDS}",
        "2017-03-23T09:30+00:00",
    ),
}


@pytest.mark.parametrize("program", BLOCKS)
def test_an_original_is_what_is_stated_whatever_language_its_forwarder_reads(program: str) -> None:
    block, issued = BLOCKS[program]
    sender = "Sam <sam@office.example>"
    headers = {"From": sender, "Subject": f"WG: {TITLE}", "Content_Type": "text/plain; charset=utf-8"}
    found = record(mail(f"Zur Kenntnis.\n\n{block}\n", **headers))
    assert (found.issued, found.title, found.level) == (issued, TITLE, "amber")
    assert found.text == WORDS
    assert found.evidence["sender"].endswith("thecssc.com")
    assert "office.example" not in f"{found} {found.evidence}"


@pytest.mark.parametrize("program", ["Apple de", "Gmail fr", "Thunderbird pl"])
def test_a_program_that_says_forwarded_needs_no_subject_that_does(program: str) -> None:
    found = record(mail(f"Bitte lesen.\n\n{BLOCKS[program][0]}\n", From="Sam <sam@office.example>", Subject="News"))
    assert (found.title, found.text) == (TITLE, WORDS)


@pytest.mark.parametrize("program", BLOCKS)
def test_an_answer_keeps_its_words_and_names_nobody(program: str) -> None:
    answer = mail(f"We have seen this.\n\n{BLOCKS[program][0]}\n", Subject=f"AW: {TITLE}")
    found = record(answer.replace(b"To: Pat Member <pat.member@office.example>\nSubject: AW", b"Subject: AW", 1))
    assert found.issued == "2017-03-24T14:05:06+00:00"
    assert found.text.startswith("We have seen this.") and WORDS in found.text
    assert not [name for name in ("Pat Member", "Kim", "office.example") if name in found.text]


def test_a_day_that_is_another_is_refused_in_every_language() -> None:
    for printed in (
        "Freitag, den 23. März 2017 09:30",
        "Freitag, 23. März 2017 09:30",
        "mardi 23 mars 2017 09:30",
        "Dydd Sul, 23 Mawrth 2017 09:30",
    ):
        with pytest.raises(ValueError, match="another day"):
            read_block_date(printed)
    body = BLOCKS["Outlook de"][0].replace("Donnerstag", "Freitag")
    assert "another day" in refusal(mail(body, From="a@b.example", Subject="WG: x"))


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("mar. 28 mars 2017 à 09:30", "2017-03-28T09:30+01:00"),
        ("mar 28 mar 2017 alle ore 09:30", "2017-03-28T09:30+01:00"),
        ("Dydd Mawrth, 28 Mawrth 2017 09:30", "2017-03-28T09:30+01:00"),
        ("28.03.2017 09:30", "2017-03-28T09:30+01:00"),
        ("26. Oktober 2021 um 14:25:08 OESZ", "2021-10-26T14:25:08+03:00"),
        ("26 octobre 2021 à 14:25:08 UTC+3", "2021-10-26T14:25:08+03:00"),
        ("26 October 2021 at 14:25:08 GMT-5", "2021-10-26T14:25:08-05:00"),
        ("25 June 2021 at 14:25:08 BST", "2021-06-25T14:25:08+01:00"),
    ],
)
def test_dates_are_read_as_programs_print_them(printed: str, iso: str) -> None:
    assert read_block_date(printed).iso == iso


@pytest.mark.parametrize("printed", ["23. Foo 2017 09:30", "23 mars à 09:30", "26 October 2021 14:25 XYZ", "um à de"])
def test_no_date_is_guessed(printed: str) -> None:
    with pytest.raises(ValueError, match="unreadable"):
        read_block_date(printed)


def test_what_programs_put_before_a_subject() -> None:
    for subject in ("WG: A", "TR : A", "RV: A", "I: A", "PD: A", "ENC: A", "Fwd: A"):
        assert (is_forward(subject), is_reply(subject), without_prefixes(subject)) == (True, False, "A")
    for subject in ("AW: A", "SV: A", "Odp: A", "Antw: A", "RIF: A", "R: A"):
        assert (is_forward(subject), is_reply(subject), without_prefixes(subject)) == (False, True, "A")
    for subject in ("i: A", "r: A", "R:A", "Part I: A", "RE A"):
        assert (is_forward(subject), is_reply(subject), without_prefixes(subject)) == (False, False, subject)


def test_words_that_are_no_block_stay_words() -> None:
    body = "Data: 23 people were asked.\nA: nothing was found.\nDe: the desk.\nTo: do."
    assert record(mail(body)).text == body.replace("\n\n", "\n")


def test_the_tables_are_of_whole_languages() -> None:
    assert sorted(set(MONTHS.values()), key=list(MONTHS.values()).index)[0] == "January"
    assert (len(set(MONTHS.values())), set(DAYS.values()), len(set(FIELDS.values()))) == (12, set(range(7)), 9)
