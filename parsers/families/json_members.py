"""Members of JSON objects, taken out with a sentence instead of a traceback where they are not what they were."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from parsers.dates import Stated, read_date
from parsers.decoding import CONTROLS
from parsers.page import PageChanged

HALVES = re.compile("[\ud800-\udfff]")
"""Halves of characters, which JSON can write (RFC 8259, 8.2) and no text can hold."""


def object_of(value: Any, where: str) -> Mapping[str, Any]:
    """The value as an object; raises PageChanged where it is none."""
    if not isinstance(value, dict):
        raise PageChanged(f"{where}: {_kind(value)}, expected an object")
    return value


def objects_of(value: Any, where: str) -> list[Mapping[str, Any]]:
    """The value as a list of objects; raises PageChanged where it is none."""
    if not isinstance(value, list):
        raise PageChanged(f"{where}: {_kind(value)}, expected a list of objects")
    return [object_of(each, f"{where}[{place}]") for place, each in enumerate(value)]


def words_of(holder: Mapping[str, Any], name: str, where: str, *, may_lack: bool = False) -> str:
    """The member as words, without controls and outer white space; raises PageChanged where it says nothing."""
    value = holder.get(name)
    if may_lack and value is None:
        return ""
    words = CONTROLS.sub(" ", value).strip() if isinstance(value, str) else ""
    if not isinstance(value, str) or not (words or may_lack) or HALVES.search(words):
        raise PageChanged(f"{where}: {name} is {_kind(value)}, expected words")
    return words


def number_of(holder: Mapping[str, Any], name: str, where: str) -> int:
    """The member as a whole number; raises PageChanged where it is none."""
    value = holder.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        said = repr(value)[:60] if isinstance(value, str) else _kind(value)
        raise PageChanged(f"{where}: {name} is {said}, expected a whole number")
    return value


def instant_of(holder: Mapping[str, Any], name: str, formats: tuple[str, ...], where: str) -> Stated:
    """The member as an instant; raises PageChanged where it is none."""
    printed = words_of(holder, name, where)
    try:
        return read_date(printed, formats)
    except ValueError as problem:
        raise PageChanged(f"{where}: {name}: {problem}") from problem


def spelled(value: Any) -> str:
    """The value as JSON in one spelling; what is nested too deep to be written is named only."""
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=True)
    except RecursionError:
        return "a value nested too deep to be written"


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "no words", type(None): "missing"}
    return kinds.get(type(value), repr(value)[:60])
