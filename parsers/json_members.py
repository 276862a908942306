"""The members of a JSON object, each taken as the kind that is expected of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parsers.dates import Stated, read_date
from parsers.decoding import CONTROLS as ALL_CONTROLS
from parsers.page import PageChanged

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NO_CHARACTERS = re.compile(r"[\ud800-\udfff]")
"""Halves of surrogate pairs, which JSON can escape but which are no characters (RFC 8259, section 8.2)."""


@dataclass(frozen=True, slots=True)
class Members:
    """A JSON object and where it stands. A member of another kind than the one asked for raises PageChanged.

    A member that is absent, null or false has nothing to say: None or empty.
    """

    where: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, where: str, value: Any) -> Members:
        if not isinstance(value, dict):
            raise PageChanged(f"{where}: {kind_of(value)}, expected an object")
        return cls(where, value)

    @classmethod
    def all_of(cls, where: str, value: Any) -> list[Members]:
        """The objects of an array, each named by its place."""
        if not isinstance(value, list):
            raise PageChanged(
                f"{where}: {'missing' if value is None else kind_of(value)}, expected an array of objects"
            )
        return [cls.of(f"{where}[{place}]", each) for place, each in enumerate(value)]

    def words(self, name: str, *, may_lack: bool = False) -> str:
        """The member as words, without controls and outer white space; nothing else counts as saying nothing."""
        value = self.values.get(name)
        if may_lack and value is None:
            return ""
        words = ALL_CONTROLS.sub(" ", value).strip() if isinstance(value, str) else ""
        if not isinstance(value, str) or not (words or may_lack):
            found = "missing" if value is None else "empty" if isinstance(value, str) else kind_of(value)
            raise PageChanged(f"{self.where}: {name} is {found}, expected words")
        return words

    def number(self, name: str) -> int:
        """The member as a whole number."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            found = "missing" if value is None else repr(value)[:60] if isinstance(value, str) else kind_of(value)
            raise PageChanged(f"{self.where}: {name} is {found}, expected a whole number")
        return value

    def instant(self, name: str, formats: tuple[str, ...]) -> Stated:
        """The member as an instant in one of these formats."""
        printed = self.words(name)
        try:
            return read_date(printed, formats)
        except ValueError as problem:
            raise PageChanged(f"{self.where}: {name}: {problem}") from problem

    def string(self, name: str) -> str | None:
        """The member's words, control characters as spaces; None where it is empty."""
        value = self._value(name, str, "a string")
        return NO_CHARACTERS.sub("\ufffd", CONTROLS.sub(" ", value)) if value else None

    def required(self, name: str) -> str:
        found = self.string(name)
        if found is None or not found.strip():
            raise PageChanged(f"{self.where}: no {name}, expected a string")
        return found

    def object(self, name: str) -> Members:
        return Members(f"{self.where}: {name}", self._value(name, dict, "an object") or {})

    def objects(self, name: str) -> list[Members]:
        values = self._value(name, list, "an array") or []
        return [Members.of(f"{self.where}: {name}[{place}]", value) for place, value in enumerate(values)]

    def strings(self, name: str) -> list[str]:
        values = self._value(name, list, "an array") or []
        return [Members(f"{self.where}: {name}", {f"[{n}]": each}).required(f"[{n}]") for n, each in enumerate(values)]

    def has(self, name: str, kind: type) -> bool:
        """Whether the member is there and of this kind, empty or not."""
        return isinstance(self.values.get(name), kind)

    def _value(self, name: str, kind: type, expected: str) -> Any:
        value = self.values.get(name)
        if value is None or value is False:
            return None
        if not isinstance(value, kind):
            raise PageChanged(f"{self.where}: {name} is {kind_of(value)}, expected {expected}")
        return value


def kind_of(value: Any) -> str:
    """What JSON calls a value of this kind."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def spelled(value: Any) -> str:
    """The value as JSON in one spelling; what is nested too deep to be written is named only."""
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=True)
    except RecursionError:
        return "a value nested too deep to be written"
