"""What mail programs print around a forwarded original in other languages than English: data, as they print it.

Outlook, Gmail, Apple Mail, Thunderbird and Yahoo in German, French, Spanish, Italian, Polish, Dutch and Portuguese: the
messages that the project email-forward-parser tests itself with. Welsh: Thunderbird's own strings. Names of months and
days: CLDR.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_FIELDS = {
    "from": "from|von|de|da|mittente|od|nadawca|van|oddi wrth",
    "date": "date|sent|datum|gesendet|envoyé|fecha|enviado|enviado el|data|inviato|wysłano|verzonden|dyddiad|anfonwyd",
    "to": "to|an|à|pour|para|a|do|adresat|aan|at",
    "cc": "cc|kopie|kopie (cc)|copie à|dw|kopia|copia",
    "bcc": "bcc|cco|ccn|cci|udw",
    "subject": "subject|betreff|objet|sujet|asunto|oggetto|temat|onderwerp|assunto|pwnc",
    "reply-to": "reply-to|antwort an|répondre à|responder a|rispondi a|odpowiedź-do|antwoord aan|ateb i",
    "importance": "importance|priorität|wichtigkeit|importancia|priorità|ważność|urgentie|importância",
    "attachments": "attachments|anlagen|pièces jointes|datos adjuntos|allegati|załączniki|bijlagen|anexos",
}
FIELDS: Mapping[str, str] = {printed: name for name, every in _FIELDS.items() for printed in every.split("|")}
"""The fields of a block of headers by what is printed for them, in small letters."""
FORWARDED = (
    *("forwarded message", "weitergeleitete nachricht", "message transféré", "message transmis", "mensaje reenviado"),
    *("messaggio inoltrato", "przekazana wiadomość", "treść przekazanej wiadomości", "doorgestuurd bericht"),
    *("mensagem reencaminhada", "mensagem encaminhada"),
)
"""What stands between dashes above a forwarded message."""
BEGINNINGS = (
    *("begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message réexpédié"),
    *("début du message transféré", "inicio del mensaje reenviado", "inizio messaggio inoltrato"),
    *("początek przekazywanej wiadomości", "begin doorgestuurd bericht", "início da mensagem reencaminhada"),
    "início da mensagem encaminhada",
)
"""What stands with a colon above a forwarded message."""
ORIGINAL = (
    *("original message", "original appointment", "ursprüngliche nachricht", "original-nachricht", "message original"),
    *("message d'origine", "mensaje original", "messaggio originale", "treść oryginalnej wiadomości"),
    *("oorspronkelijk bericht", "mensagem original", "neges wreiddiol"),
)
"""What stands between dashes above an original, which may be forwarded or answered."""

_MONTHS = {
    "January": "januar jänner jan janvier janv enero ene gennaio gen stycznia sty januari janeiro ionawr ion",
    "February": "februar feb février févr febrero febbraio lutego lut februari fevereiro fev chwefror chwef",
    "March": "märz mrz mars marzo mar marca maart mrt março mawrth maw",
    "April": "april apr avril avr abril abr aprile kwietnia kwi ebrill ebr",
    "May": "mai mayo may maggio mag maja maj mei maio",
    "June": "juni jun juin junio giugno giu czerwca cze junho mehefin meh",
    "July": "juli jul juillet juil julio luglio lug lipca lip julho gorffennaf gorff",
    "August": "august aug août agosto ago sierpnia sie augustus awst",
    "September": "september sep sept septembre septiembre settembre set września wrz setembro medi",
    "October": "oktober okt octobre oct octubre ottobre ott października paź outubro out hydref hyd",
    "November": "november nov novembre noviembre listopada lis novembro tachwedd tach",
    "December": "dezember dez décembre déc diciembre dic dicembre grudnia gru december dec dezembro rhagfyr rhag",
}
MONTHS: Mapping[str, str] = {printed: name for name, every in _MONTHS.items() for printed in every.split()}
_DAYS = (
    "montag mo lundi lun lunes lunedì poniedziałek pon maandag ma segunda-feira seg llun",
    "dienstag di mardi mar martes martedì wtorek wt dinsdag terça-feira ter mawrth maw",
    "mittwoch mi mercredi mer miércoles mié mercoledì środa śr woensdag wo quarta-feira qua mercher",
    "donnerstag do jeudi jeu jueves jue giovedì gio czwartek czw donderdag quinta-feira qui iau",
    "freitag fr vendredi ven viernes vie venerdì piątek pt pią vrijdag vr sexta-feira sex gwener gwe",
    "samstag sa sonnabend samedi sam sábado sáb sabato sab sobota sob zaterdag za sadwrn sad",
    "sonntag so dimanche dim domingo dom domenica niedziela niedz ndz zondag zo sul",
)
DAYS: Mapping[str, int] = {printed: day for day, every in enumerate(_DAYS) for printed in every.split()}
"""Days of the week, Monday 0; `mar` and `mawrth` are months as well, behind the number of the day."""
BETWEEN = frozenset("at um à às a las alle ore o om de den le el uhr dydd".split())
"""Words between the day and the time that say nothing."""
ZONES: Mapping[str, str] = {
    **dict.fromkeys(("WET", "WEZ"), "+0000"),
    **dict.fromkeys(("CET", "MEZ", "HNEC", "WEST", "WESZ"), "+0100"),
    **dict.fromkeys(("CEST", "MESZ", "HAEC", "EET", "OEZ"), "+0200"),
    **dict.fromkeys(("EEST", "OESZ"), "+0300"),
}
"""Zones as programs name them in these languages, where a name has one meaning."""
OFFSET = re.compile(r"(?:UTC|GMT)([+\u2212-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
NUMBER = re.compile(r"\d{1,2}\.")


def one_of(words: Iterable[str]) -> str:
    """An expression that any of these words fits, the longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


def in_english(printed: str) -> tuple[str, int | None]:
    """A date with its month named in English, without day name and words between, and the day that it names."""
    words = [word for word in re.split(r"[\s,]+", printed) if word]
    day = None
    while words and (bare := words[0].strip(".").lower()) in DAYS.keys() | BETWEEN:
        day = DAYS.get(bare, day)
        words = words[1:]
    return " ".join(filter(None, map(_in_english, words))), day


def _in_english(word: str) -> str:
    bare = word.strip(".")
    offset = OFFSET.fullmatch(word)
    if offset:
        return f"{'+' if offset[1] == '+' else '-'}{int(offset[2]):02}{offset[3] or '00'}"
    if bare.lower() in BETWEEN:
        return ""
    if NUMBER.fullmatch(word):
        return bare
    return MONTHS.get(bare.lower()) or ZONES.get(word) or word


def field_of(printed: str) -> str:
    """The field that a printed name stands for; itself in small letters where it has no other."""
    folded = " ".join(printed.lower().split())
    return FIELDS.get(folded, folded)
