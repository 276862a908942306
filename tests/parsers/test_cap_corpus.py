"""Every CAP sample of the corpus, valid and invalid, comes to what was judged right for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from archive.records import Notification
from parsers.page import PageChanged
from parsers.source import parse
from tests.corpus import corpus
from tests.parsers.test_cap import URL, Configured

OUTCOMES: list[list[Any]] = json.loads((Path(__file__).parent / "cap_outcomes.json").read_text("utf-8"))
"""Sample and outcome: `record` with what `shown` tells, `refused` and `error` with the reason, `listed` with refs."""


def shown(record: Notification) -> list[Any]:
    """Identifier, beginnings of title and region, instants, languages, sizes, kind and version of a record."""
    codes = [*record.codes]
    status, kind = (next(said for scheme, said in codes if scheme == f"cap-{name}") for name in ("status", "msgtype"))
    document = record.evidence["document"]
    signed = ", signed" if "signature" in document else ""
    return [
        (record.ref or "").split(",")[1],
        (record.title or "")[:32],
        record.issued,
        record.expires,
        record.region and record.region[:24],
        record.language,
        len(record.references),
        len(record.text),
        f"{status} {kind}",
        document.split(",")[0] + signed,
        sum(scheme == "cap-language" for scheme, _ in codes),
    ]


def outcome(sample: Path) -> list[list[Any]]:
    try:
        reading = parse(Configured(), sample.read_bytes(), URL)
    except PageChanged as problem:
        return [["error", str(problem).removeprefix(f"{URL}: ")]]
    found = [["record", *shown(entry.notification)] for entry in reading.read]
    found += [["refused", entry.reason.removeprefix(f"{URL}: ")] for entry in reading.refused]
    return found + ([["listed", *(link.ref for link in reading.links)]] if reading.links or not found else [])


def test_no_sample_is_left_out() -> None:
    folder = corpus("cap")
    samples = {str(path.relative_to(folder)) for path in folder.glob("*/*") if path.suffix != ".md"}
    assert samples == {sample for sample, *_ in OUTCOMES}


@pytest.mark.parametrize("sample", sorted({sample for sample, *_ in OUTCOMES}))
def test_a_sample_comes_to_what_was_judged(sample: str) -> None:
    assert outcome(corpus("cap") / sample) == [stated for name, *stated in OUTCOMES if name == sample]


def test_what_the_standards_schema_accepts_is_read() -> None:
    """The other way round is not asked: a warning is not held back for an element that it lacks."""
    folder = corpus("cap")
    schema = etree.XMLSchema(etree.parse(folder / "CAP-v1.2.xsd"))
    valid = [path for path in folder.glob("*/*") if path.suffix in (".cap", ".xml") and _accepted(schema, path)]
    assert len(valid) == VALID
    for path in valid:
        reading = parse(Configured(), path.read_bytes(), URL)
        assert (len(reading.read), reading.refused) == (1, ()), path.name


VALID = 15
"""Alerts in files of their own that CAP-v1.2.xsd accepts; those of CAP 1.1 it does not know."""


def _accepted(schema: etree.XMLSchema, path: Path) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return schema.validate(etree.fromstring(path.read_bytes().strip(), parser))
