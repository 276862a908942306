"""What a bulletin is about, by stated words in its title and opening; precision before recall."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from parsers.organisations import NAMED

TITLE_CHARACTERS = 400
OPENING_CHARACTERS = 3_000
"""How much of a text classifies it, contact blocks and standing sentences not counted."""
MAX_CHARACTERS = 20_000

_WARNING = r"(?:yellow|amber|red|severe)(?:\s\w{3,12}){0,2}\swarnings?\s(?:for|of)\s(?:\w{2,12}\s){0,3}"
_CLOSED = r"\s(?:is|was|remains|has\sbeen)\s(?:now\s|currently\s)?(?:partially\s)?closed"
IN_TEXT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "terrorism": (
            r"terrorism",
            r"terrorists?",
            r"(?:counter|anti)[-\s]?terror(?:ism|ist)?",
            r"terror\s(?:attacks?|offences?|plots?|incidents?)",
            r"martyn['’]s\sLaw",
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
            rf"m\d{{1,3}}{_CLOSED}",
            rf"a\d{{1,4}}(?:\(m\))?{_CLOSED}",
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
    r"\b(?:999|101|112|61016|7726|116\s?123)\b|\b0[378]00\s?\d{2,3}[\s\d]{3,9}\b|Crimestoppers|Anti[-\s]Terrorist\sHotline|"
    r"\bthreat(?:\slevel)?\s(?:to|from|in|for)\b|\bthreat\slevel|act\.campaign|gov\.uk/ACT|actionfraud|"
    r"report@phishing|Action\sCounters\sTerrorism|run,?\shide,?\s(?:and\s)?tell|see\sit[.,]?\ssay\sit|"
    r"\bnot\b.{0,60}\bterror|\bno\b.{0,40}\bterror",
    re.IGNORECASE,
)
"""Sentences that bulletins on anything append, and those that deny: contacts, the threat level, campaigns."""
STANDING_SIGNS = (
    *("999", "101", "112", "61016", "7726", "116", "0300", "0700", "0800", "crimestoppers", "hotline", "threat"),
    *("campaign", "uk/act", "actionfraud", "report@phishing", "terror", "hide", "say"),
)
"""What a standing sentence has one of, in small letters: looked for first, which is a hundred times faster."""
SENTENCE = re.compile(r"\s(?:(?<=\n)\n*|(?<=[.!?]\s)\s*)")
"""Line breaks, or white space after a stop; led by white space, which is what a search can look for fast."""


NO_NAMED_STORM = re.compile(r"\bstorm\b|\bStorm\b(?!\s[A-Z][a-z])")
BEFORE = re.compile(r"[\w@#-]")


class Given(NamedTuple):
    """Words that give a topic: any of them, and each with its sign, by which most texts are soon done with."""

    pattern: re.Pattern[str]
    ways: tuple[tuple[str, str], ...]

    def may_stand_in(self, words: str) -> bool:
        """Whether any of them stands there, be it as the end of another word."""
        return any(sign in words and _compiled(way).search(words) for sign, way in self.ways)


def _any_of(words: Iterable[str]) -> Given:
    """Any of these, in small letters; what stands before is looked at afterwards, which is many times faster."""
    ways = [way for each in words for way in _ways(each)]
    return Given(re.compile(rf"(?:{'|'.join(ways)})(?![\w-])"), tuple((_sign(way), way) for way in ways))


@cache
def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words)


def _ways(words: str) -> Iterable[str]:
    """An expression for each of the words that it may start with: letters are what a search can look for fast."""
    start = re.match(r"\(\?:([^()]*)\)(?!\?)", words)
    return [way + words[start.end() :] for way in start[1].split("|")] if start else [words]


def _sign(words: str) -> str:
    """The longest run of letters that whatever matches this expression has: none of a group, none that is optional."""
    fixed = re.sub(r"\\.|\[[^\]]*\]|[a-z](?=[?{*])", " ", words)
    while "(" in fixed:
        fixed = re.sub(r"\([^()]*\)", " ", fixed)
    runs: list[str] = re.findall(r"[a-z]*", fixed)
    return max(runs, key=len)


TEXT_WORDS = {topic: _any_of(words) for topic, words in IN_TEXT.items()}
TITLE_WORDS = {topic: _any_of((*IN_TEXT[topic], *words)) for topic, words in IN_TITLE.items()}
TOPICS = tuple(sorted(IN_TEXT))


def topics(title: str | None, text: str, stated: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The (topic, evidence) pairs of a bulletin, sorted; `stated` are those that its source gives to all its bulletins.

    Names of organisations do not classify, nor do contact blocks and the standing sentence on the threat level.
    """
    found = dict.fromkeys(stated, "stated by the source")
    heading = _classifying(" ".join((title or "")[:TITLE_CHARACTERS].split()))
    opening = _classifying(_opening(text))
    for topic in TOPICS:
        if words := _first(TITLE_WORDS[topic], heading):
            found.setdefault(topic, f"title {words!r}")
        elif words := _first(TEXT_WORDS[topic], opening):
            found.setdefault(topic, repr(words))
    return tuple(sorted(found.items()))


def _opening(text: str) -> str:
    """The first sentences of the text, standing ones left out."""
    said: list[str] = []
    missing = OPENING_CHARACTERS
    for sentence in SENTENCE.split(text[:MAX_CHARACTERS]):
        if missing > 0 and not _is_standing(sentence[:1_000]):
            said.append(sentence)
            missing -= len(sentence) + 1
    return "\n".join(said)[:OPENING_CHARACTERS]


def _is_standing(sentence: str) -> bool:
    small = sentence.casefold().replace("ı", "i")
    return any(sign in small for sign in STANDING_SIGNS) and bool(STANDING.search(sentence))


def _classifying(words: str) -> str:
    """The words in small letters, without names of organisations, and without storms that have no name."""
    without_names = NAMED.sub(" ", words)
    return (NO_NAMED_STORM.sub(" ", without_names) if "torm" in without_names else without_names).lower()


def _first(given: Given, words: str) -> str | None:
    """The first match that starts a word of its own, white space folded."""
    if not given.may_stand_in(words):
        return None
    for found in given.pattern.finditer(words):
        if not found.start() or not BEFORE.match(words[found.start() - 1]):
            return " ".join(found.group().split())
    return None
