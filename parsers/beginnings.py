"""The letters that whatever fits a pattern begins with, as far as the pattern spells them out."""

from __future__ import annotations

import re

PIECE = re.compile(r"(?P<group>\(\?:)|\[(?P<any>[^\]^]+)\]|(?P<space>\\s)|(?P<letter>[\w'’-])")
TOKEN = re.compile(r"\\.|\[[^\]]*\]|.", re.DOTALL)
Begun = list[tuple[str, bool]]
"""Beginnings, each with whether more may follow that is known."""


def beginnings(pattern: str) -> tuple[str, ...]:
    """Every text that fits the pattern begins with one of these, with a space for any white space; no more than needed.

    Letters, `\\s`, classes of these, groups and `?` are followed; at anything else what is known ends.
    """
    found = dict.fromkeys(beginning for beginning, _ in _of_any(pattern))
    return tuple(each for each in found if not any(each != other and each.startswith(other) for other in found))


def _of_any(pattern: str) -> Begun:
    return [each for option in _alternatives(pattern) for each in _of_one(option)]


def _of_one(option: str) -> Begun:
    begun: Begun = [("", True)]
    place = 0
    while place < len(option):
        piece, place = _piece(option, place)
        further = [(first + then, known) for first, goes_on in begun if goes_on for then, known in piece]
        begun = [each for each in begun if not each[1]] + further
    return begun


def _piece(option: str, place: int) -> tuple[Begun, int]:
    """What the next piece begins with, and where the one after it starts: nowhere, where nothing is known of it."""
    found, end = PIECE.match(option, place), _end_of_piece(option, place)
    if found is None or option[end : end + 1] in ("*", "+", "{"):
        return [("", False)], len(option)
    if found["group"]:
        piece = _of_any(option[found.end() : end - 1])
    else:
        piece = [(each, True) for each in (found["any"] or found[0]).replace(r"\s", " ")]
    return ([*piece, ("", True)], end + 1) if option[end : end + 1] == "?" else (piece, end)


def _end_of_piece(option: str, place: int) -> int:
    depth = 0
    for token in TOKEN.finditer(option, place):
        depth += (token[0] == "(") - (token[0] == ")")
        if depth == 0:
            return token.end()
    return len(option)


def _alternatives(pattern: str) -> list[str]:
    options, depth = [""], 0
    for token in TOKEN.findall(pattern):
        depth += (token == "(") - (token == ")")
        if token == "|" and depth == 0:
            options.append("")
        else:
            options[-1] += token
    return options
