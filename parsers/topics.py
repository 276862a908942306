"""What a bulletin is about, by stated words in its title and opening; precision before recall."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from parsers.clues import Clues, Look, in_small_letters, is_gap
from parsers.organisations import CLUES as NAMES
from parsers.organisations import NAMED

TITLE_CHARACTERS = 400
OPENING_CHARACTERS = 3_000
"""How much of a text classifies it, contact blocks and standing sentences not counted."""
MAX_CHARACTERS = 20_000

_WARNING = r"(?:yellow|amber|red|severe)(?:\s\w{3,12}){0,2}\swarnings?\s(?:for|of)\s(?:\w{2,12}\s){0,3}"
IN_TEXT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "terrorism": (
            r"terrorism",
            r"terrorists?",
            r"(?:counter|anti)[-\s]?terror(?:ism|ist)?",
            r"terror\s(?:attacks?|offences?|plots?|incidents?)",
            r"martyn['’]s\slaw",
        ),
        "fraud": (
            *(r"phishing", r"smishing", r"vishing", r"quishing", r"fraudsters?", r"scams?", r"scammers?", r"scamming"),
            r"(?:courier|romance|investment|mandate|invoice|payment|recruitment|holiday|ticket|identity|bank)\sfraud",
            *(r"money\slaundering", r"money\smules?", r"identity\stheft", r"advance[-\s]fee", r"fraud\salerts?"),
        ),
        "cyber": (
            *(r"cyber[-\s]?attacks?", r"cyber[-\s]?crime", r"cyber[-\s]?security", r"cyber[-\s]?threats?"),
            *(r"ransomware", r"malware", r"botnets?", r"ddos", r"denial[-\s]of[-\s]service", r"cve-\d{4}-\d{4,7}"),
            *(r"banking\strojan", r"hackers?", r"zero[-\s]day", r"data\sbreach(?:es)?", r"attacks\son\spbx"),
        ),
        "public-order": (
            *(r"protests?", r"protest(?:e|o)rs?", r"demonstrators", r"riot(?:s|ing|ers)?", r"public\sorder"),
            *(r"violent\sdisorder", r"(?:counter|static|planned)[-\s]demonstrations?", r"unlicensed\smusic\sevents?"),
            *(r"section\s60\s(?:order|notice|authority)", r"dispersal\s(?:order|notice|zone|powers)"),
        ),
        "transport": (
            *(r"(?:tube|rail|train|bus)\s(?:strikes?|services?)", r"london\sunderground", r"national\srail\sservices"),
            *(r"road\sclosures?", r"bus\sdiversions?", r"severe\sdelays", r"rail\sreplacement", r"engineering\sworks"),
            r"(?:m\d{1,3}|a\d{1,4}(?:\(m\))?)\s(?:is|was|remains|has\sbeen)\s(?:now\s|currently\s)?(?:partially\s)?closed",
        ),
        "travel": (
            *(r"foreign\stravel", r"travel\swarnings?", r"entry\srequirements", r"british\snationals"),
            *(r"travell(?:ing|ers)\s(?:abroad|overseas)", r"against\sall(?:\sbut\sessential)?\stravel"),
        ),
        "weather": (
            *(r"weather\swarnings?", r"severe\sweather", r"flood\s(?:warnings?|alerts?)", r"heat[-\s]health"),
            *(
                r"heatwave",
                r"heavy\s(?:rain|snow)",
                r"snow\sand\sice",
                r"thunderstorms?",
                r"storm\s[a-z]{3,12}",
            ),
            rf"{_WARNING}(?:wind|rain|snow|ice|fog|thunderstorms?|lightning|heat)",
        ),
        "crime": (
            r"arrested\son\ssuspicion\sof",
            r"(?:charged|convicted|sentenced|jailed)\s(?:with|of|for|to)",
            r"appeal(?:ing)?\sfor\s(?:witnesses|information)",
            r"(?:pleaded|found|pleads)\s(?:not\s)?guilty",
            *(
                r"knife\scrime",
                r"stabbing",
                r"murder\s(?:investigation|inquiry)",
                r"burglar(?:y|ies)",
                r"robber(?:y|ies)",
            ),
            r"shot\sand\s(?:killed|injured)",
        ),
        "guidance": (
            r"our\sadvice\s(?:to\syou\s)?is",
            r"(?:protective\ssecurity|crime\sprevention|security|safety)\s(?:guidance|advice|information)",
            r"information\sand\sadvice",
            r"(?:new|updated|latest|following)\sguidance",
        ),
    }
)
"""Words that give a topic wherever the opening has them, and in titles."""
IN_TITLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "terrorism": (
            r"terror\w{0,7}",
            r"extremis[mt]s?",
            r"(?:suspicious|suspect)\s(?:item|package|device)s?",
            r"bombs?",
        ),
        "fraud": (r"fraud\w{0,6}", r"counterfeit\w{0,6}"),
        "cyber": (r"cyber\w{0,9}", r"hack(?:ed|ing)", r"vulnerabilit(?:y|ies)\s(?:in|affecting)"),
        "public-order": (r"disorder", r"demonstrations?", r"protest\s?march(?:es)?"),
        "transport": (
            r"bus\sroutes?",
            r"station\s(?:closed|closures?|evacuat\w{2,4})",
            r"(?:tube|rail|train|travel)\sdisruption",
        ),
        "travel": (r"travel\sadvice(?!\sahead)", r"travel\salerts?"),
        "weather": (r"weather", r"floods?", r"flooding", r"high\swinds"),
        "crime": (
            r"(?:man|woman|men|women|boys?|girls?|teenagers?|youths?|people|gang|pair|trio|driver)\s(?:\w{2,12}\s)?"
            r"(?:arrested|charged|jailed|sentenced|convicted|guilty|stabbed|shot)",
            *(
                r"murder(?:ed|er)?",
                r"manslaughter",
                r"robbed",
                r"thefts?",
                r"assault(?:ed|s)?",
                r"rap(?:e|ist)",
                r"crimes?",
            ),
            *(r"arrests?", r"stabbings?", r"shootings?", r"witness\sappeal", r"drug\sdealers?", r"county\slines"),
        ),
        "guidance": (r"guidance", r"(?<!travel\s)advice", r"newsletter", r"toolkit", r"checklist", r"how\sto"),
    }
)
"""Words that give a topic only in a title: in running text they are too common, or mean something else."""
STANDING = re.compile(
    r"\b(?:999|101|112|61016|7726|116\s?123)\b|\b0[378]00\s?\d{2,3}[\s\d]{3,9}\b|crimestoppers|anti[-\s]terrorist\shotline|"
    r"\bthreat(?:\slevel)?\s(?:to|from|in|for)\b|\bthreat\slevel|act\.campaign|gov\.uk/act|actionfraud|"
    r"report@phishing|action\scounters\sterrorism|run,?\shide,?\s(?:and\s)?tell|see\sit[.,]?\ssay\sit|"
    r"\bnot\b.{0,60}\bterror|\bno\b.{0,40}\bterror",
)
"""In small letters: sentences that many bulletins append (contacts, the threat level, campaigns) or that deny."""
IN_STANDING = (
    *("999", "101", "112", "61016", "7726", "116", "0300", "0700", "0800", "crimestoppers", "threat", "terror"),
    *("act.campaign", "gov.uk/act", "actionfraud", "report@phishing", "action counters", "hide", "see it"),
)
"""Without one of these, in small letters, no sentence is a standing one."""
ABOUT = re.compile(
    r"(?:please\s)?(?:call|ring|phone|contact)\b[^.]{0,40}?\b(?:101|0[378]00\s?[\s\d]{6,9})\s"
    r"(?:about|regarding|concerning)\s(.+)",
    re.IGNORECASE | re.DOTALL,
)
"""`Call 101 about courier fraud`: what a number is to be called about is the news, the call itself is not."""
SENTENCE_END = re.compile(r"[.!?](?:\n+|\s+)|\n+")
NO_NAMED_STORM = re.compile(r"\bstorm\b|\bStorm\b(?!\s[A-Z][a-z])")
LEAD = re.compile(r"[a-z]{2,}(?![?{])|[a-z]+(?=[a-z][?{])")
ROAD = re.compile(r"[ma](?=\d)")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these, in small letters; what stands before is looked at by itself, which is many times faster."""
    return re.compile(rf"(?:{'|'.join(words)})(?![\w-])")


def _leads(rule: str) -> Iterator[str]:
    """The letters that words of a rule begin with, one for each of its first alternatives; none for a road's number."""
    rule = rule.removeprefix(r"(?<!travel\s)")
    options = rule[3 : rule.index(")")].split("|") if rule.startswith("(?:") else [rule]
    return (found.group() for option in options if (found := LEAD.match(option)))


def _topics_by_lead(rules: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    topics: dict[str, set[str]] = {"": {"transport"}}
    for topic, words in rules.items():
        for lead in (lead for rule in words for lead in _leads(rule)):
            topics.setdefault(lead, set()).add(topic)
    return topics


IN_EITHER = {topic: (*IN_TEXT[topic], *words) for topic, words in IN_TITLE.items()}
TEXT_PATTERNS = {topic: _any_of(words) for topic, words in IN_TEXT.items()}
TITLE_PATTERNS = {topic: _any_of(words) for topic, words in IN_EITHER.items()}
TEXT_TOPICS, TITLE_TOPICS = _topics_by_lead(IN_TEXT), _topics_by_lead(IN_EITHER)
"""The topics whose words may begin with these letters; with none: with the number of a road."""
IN_TEXT_CLUES = (*(lead for lead in TEXT_TOPICS if lead), "closed")
"""Without one of these, in small letters, no text gives a topic."""
LEADS = Clues(leads=[lead for lead in {**TEXT_TOPICS, **TITLE_TOPICS} if lead])
STANDING_CLUES = Clues(standing=IN_STANDING)
CLUES = Clues(
    leads=LEADS.words,
    topics=IN_TEXT_CLUES,
    standing=IN_STANDING,
    issuers=NAMES,
)
TOPICS = tuple(sorted(IN_TEXT))


def topics(title: str | None, text: str, stated: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The (topic, evidence) pairs of a bulletin, sorted; `stated` are those that its source gives to all its bulletins.

    Names of organisations do not classify, nor do contact blocks and the standing sentence on the threat level.
    """
    return topics_seen(title or "", CLUES.look_at(title or ""), text, CLUES.look_at(text), stated)


def topics_seen(
    title: str, of_title: Look, text: str, seen: Look, stated: Iterable[str] = ()
) -> tuple[tuple[str, str], ...]:
    """The same of a title and a text that were looked at for `leads`, `topics`, `standing` and `issuers` already."""
    found = dict.fromkeys(stated, "stated by the source")
    if not of_title.meanings.isdisjoint(("leads", "topics")):
        heading = _classifying(" ".join(title[:TITLE_CHARACTERS].split()), named="issuers" in of_title.meanings)
        for topic in {topic for _, lead in _beginnings(heading) for topic in TITLE_TOPICS[lead]}:
            if words := _first(TITLE_PATTERNS[topic], heading):
                found.setdefault(topic, f"title {words!r}")
    if "topics" in seen.meanings:
        for topic, words in _in_text(text, seen).items():
            found.setdefault(topic, repr(words))
    return tuple(sorted(found.items()))


def _in_text(text: str, seen: Look) -> dict[str, str]:
    """By topic, the first words of the opening that give it. Without names and storms there are the same or fewer."""
    opening = _opening(text, seen)
    if opening is text and seen.in_place:
        found = _first_words(seen.small, _with_roads(seen.small, seen.beginnings("leads")))
    else:
        words = opening.lower()
        found = _first_words(words, _beginnings(words))
    if not found or not ("issuers" in seen.meanings or "torm" in opening):
        return found
    words = _classifying(opening, named=True)
    return _first_words(words, _beginnings(words))


def _opening(text: str, seen: Look) -> str:
    """The first sentences of the text, standing ones left out."""
    may_stand = "standing" in seen.meanings
    if not may_stand and len(text) <= OPENING_CHARACTERS and "\n\n" not in text:
        return text
    if not may_stand:
        return _joined(text)
    said, length = [], 0
    for sentence in _sentences(text[:MAX_CHARACTERS]):
        if length > OPENING_CHARACTERS:
            break
        if not _is_standing(sentence[:1_000]):
            said.append(sentence)
            length += len(sentence) + 1
        elif (about := ABOUT.match(sentence[:1_000])) and not _is_standing(about[1]):
            said.append(about[1])
            length += len(about[1]) + 1
    return "\n".join(said)[:OPENING_CHARACTERS]


def _joined(text: str) -> str:
    """The first sentences, a line each: of so much of the text as gives so many characters."""
    joined = SENTENCE_END.sub(_as_line, text[: OPENING_CHARACTERS + 500])
    if len(joined) < OPENING_CHARACTERS + 9:  # the last sentence may have been cut
        joined = SENTENCE_END.sub(_as_line, text[:MAX_CHARACTERS])
    return joined[:OPENING_CHARACTERS]


def _as_line(end: re.Match[str]) -> str:
    return "\n" if end.group()[0] == "\n" else f"{end.group()[0]}\n"


def _sentences(text: str) -> Iterator[str]:
    """The sentences and lines of a text without the white space between them."""
    start = 0
    for end in SENTENCE_END.finditer(text):
        yield text[start : end.start() + (text[end.start()] != "\n")]
        start = end.end()
    yield text[start:]


def _is_standing(sentence: str) -> bool:
    return "standing" in STANDING_CLUES.given_by(in_small_letters(sentence)) and bool(STANDING.search(sentence.lower()))


def _classifying(words: str, *, named: bool) -> str:
    """The words in small letters, without names of organisations (`named`: there may be some) and unnamed storms."""
    small = NAMED.sub(" ", words) if named else words
    return (NO_NAMED_STORM.sub(" ", small) if "torm" in small else small).lower()


def _beginnings(words: str) -> list[tuple[int, str]]:
    """Where words that begin a rule's stand by themselves, and which, in order."""
    return _with_roads(words, LEADS.beginnings(words))


def _with_roads(words: str, places: list[tuple[int, str]]) -> list[tuple[int, str]]:
    if "closed" not in words:
        return places
    roads = [found.start() for found in ROAD.finditer(words)]
    return sorted([*places, *[(start, "") for start in roads if not start or is_gap(words[start - 1])]])


def _first_words(words: str, places: Iterable[tuple[int, str]]) -> dict[str, str]:
    """By topic, the first words that give it, at these places."""
    found: dict[str, str] = {}
    for start, lead in places:
        for topic in TEXT_TOPICS.get(lead, ()):
            if topic not in found and (these := TEXT_PATTERNS[topic].match(words, start)):
                found[topic] = " ".join(these.group().split())
    return found


def _first(pattern: re.Pattern[str], words: str) -> str | None:
    """The first match that starts a word of its own, white space folded."""
    for found in pattern.finditer(words):
        if not found.start() or is_gap(words[found.start() - 1]):
            return " ".join(found.group().split())
    return None
