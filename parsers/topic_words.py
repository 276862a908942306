"""The words that give a bulletin a topic, as patterns in small letters; precision before recall."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
