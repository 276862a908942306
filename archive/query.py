"""The query language: words, "phrases", -not, OR, prefix*, field:value and parentheses, read into a small tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.facets import FACETS, token_of, value_of
from archive.words import words

MAX_CHARACTERS = 1_000
MAX_WORDS = 64
MAX_DEPTH = 10

QUOTES = '"“”'
LEXEME = re.compile(
    rf"(?P<minus>-(?=[^\s)]))|(?P<open>\()|(?P<close>\))|(?P<quote>[{QUOTES}])|(?P<word>[^\s(){QUOTES}]+)"
)
FIELD = re.compile(rf"({'|'.join(FACETS)}):(.*)", re.IGNORECASE | re.DOTALL)
OPERATORS = ("OR", "AND")


class BadQuery(ValueError):
    """A query that cannot be read, as `query, character N: what, expected what` (N counts from 1)."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(f"query, character {offset + 1}: {problem}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Consecutive words within one field; with `prefix` the last one need only begin so. One word is a phrase too."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a filter, as in `level:amber`."""

    facet: str
    value: str

    @property
    def token(self) -> str:
        """The word that stands for it in the index."""
        return token_of(self.facet, self.value)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Everything wanted (at least one) and nothing unwanted."""

    wanted: tuple[Query, ...]
    unwanted: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the choices (at least two)."""

    choices: tuple[Query, ...]


Query = Phrase | Field | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    offset: int
    leaf: Phrase | Field | None = None

    @property
    def weight(self) -> int:
        """How many words it counts for."""
        return len(self.leaf.words) if isinstance(self.leaf, Phrase) else int(self.leaf is not None)


def parse(text: str) -> Query:
    """The query as a tree. AND binds tighter than OR. Raises BadQuery, which says where and what was expected."""
    if len(text) > MAX_CHARACTERS:
        raise BadQuery(MAX_CHARACTERS, f"{len(text):,} characters, expected at most {MAX_CHARACTERS:,}")
    tokens = list(_tokens(text))
    if not tokens:
        raise BadQuery(0, "nothing to look for, expected a word")
    return _Reader(tokens, end=len(text)).read()


def phrases_to_show(query: Query) -> Iterator[Phrase]:
    """The phrases that a hit may contain, in order of the query: all but the unwanted ones."""
    match query:
        case Phrase():
            yield query
        case Field():
            return
        case AllOf(wanted=parts) | AnyOf(choices=parts):
            for part in parts:
                yield from phrases_to_show(part)


def has_prefix(query: Query) -> bool:
    """Whether some word of the query need only begin so."""
    return any(phrase.prefix for phrase in _phrases(query))


def has_phrase(query: Query) -> bool:
    """Whether some part of the query is more than single words."""
    return any(len(phrase.words) > 1 for phrase in _phrases(query))


def _phrases(query: Query) -> Iterator[Phrase]:
    match query:
        case Phrase():
            yield query
        case AnyOf(choices=parts):
            for part in parts:
                yield from _phrases(part)
        case AllOf(wanted=wanted, unwanted=unwanted):
            for part in (*wanted, *unwanted):
                yield from _phrases(part)


def _tokens(text: str) -> Iterator[_Token]:
    offset, count = 0, 0
    while found := LEXEME.search(text, offset):
        start, offset = found.start(), found.end()
        kind = found.lastgroup or ""
        if kind == "quote":
            token, offset = _quoted(text, start)
        elif kind == "word" and (named := FIELD.fullmatch(found[0])):
            token, offset = _field(text, named, start, offset)
        elif kind == "word":
            token = _word(found[0], start)
        else:
            token = _Token(kind, start)
        count += token.weight
        if count > MAX_WORDS:
            raise BadQuery(start, f"more than {MAX_WORDS} words, expected at most {MAX_WORDS}")
        yield token


def _field(text: str, named: re.Match[str], start: int, offset: int) -> tuple[_Token, int]:
    """The value of a filter, which may be quoted, and where the query goes on behind it."""
    facet, written = named[1].lower(), named[2]
    if not written and text[offset : offset + 1] in tuple(QUOTES):
        end = _closing(text, offset)
        written, offset = text[offset + 1 : end], end + 1
    try:
        return _Token("field", start, Field(facet, value_of(facet, written))), offset
    except ValueError as problem:
        raise BadQuery(start, str(problem)) from problem


def _closing(text: str, start: int) -> int:
    """Where the quotation that opens at `start` ends."""
    end = next((offset for offset in range(start + 1, len(text)) if text[offset] in QUOTES), None)
    if end is None:
        raise BadQuery(start, 'a quotation mark is never closed, expected a second "')
    return end


def _quoted(text: str, start: int) -> tuple[_Token, int]:
    """The phrase that opens at `start`, and where the query goes on behind it."""
    end = _closing(text, start)
    found = tuple(words(text[start + 1 : end]))
    if not found:
        raise BadQuery(start, "a phrase without a letter or digit, expected words between the quotation marks")
    prefix = text.startswith("*", end + 1)
    return _Token("phrase", start, Phrase(found, prefix)), end + 1 + prefix


def _word(written: str, start: int) -> _Token:
    if written in OPERATORS:
        return _Token(written, start)
    prefix = written.endswith("*")
    star = written.find("*", 0, len(written) - prefix)
    found = tuple(words(written))
    if not found:
        raise BadQuery(start, f"{written!r} has no letter or digit, expected a word")
    if star >= 0:
        raise BadQuery(start + star, "a * before the end of a word, expected it as the last character, as in lond*")
    return _Token("phrase", start, Phrase(found, prefix))


class _Reader:
    """Recursive descent over the tokens of one query."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = [*tokens, _Token("end", end)]
        self._next = 0

    def read(self) -> Query:
        query = self._any_of(depth=0)
        if self._peek().kind == "close":
            raise BadQuery(self._peek().offset, "a parenthesis that was never opened, expected a ( before it")
        return query

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _any_of(self, depth: int) -> Query:
        choices = [self._all_of(depth)]
        while self._peek().kind == "OR":
            self._take()
            choices.append(self._all_of(depth))
        return choices[0] if len(choices) == 1 else AnyOf(tuple(choices))

    def _all_of(self, depth: int) -> Query:
        start = self._peek().offset
        wanted: list[Query] = []
        unwanted: list[Query] = []
        while True:
            minus = self._take_minus()
            (unwanted if minus else wanted).append(self._operand(depth))
            if self._peek().kind == "AND":
                self._take()
            elif self._peek().kind in ("OR", "close", "end"):
                break
        if not wanted:
            raise BadQuery(start, "only what to leave out, expected at least one word to find beside it")
        return wanted[0] if len(wanted) == 1 and not unwanted else AllOf(tuple(wanted), tuple(unwanted))

    def _take_minus(self) -> bool:
        if self._peek().kind != "minus":
            return False
        self._take()
        return True

    def _operand(self, depth: int) -> Query:
        token = self._take()
        if token.leaf:
            return token.leaf
        if token.kind == "open":
            return self._group(token, depth + 1)
        before = self._tokens[self._next - 2] if self._next > 1 else None
        raise _misplaced(token, before)

    def _group(self, opening: _Token, depth: int) -> Query:
        if depth > MAX_DEPTH:
            raise BadQuery(opening.offset, f"parentheses {depth} deep, expected at most {MAX_DEPTH}")
        query = self._any_of(depth)
        if self._take().kind != "close":
            raise BadQuery(opening.offset, "a parenthesis is never closed, expected a )")
        return query


def _misplaced(token: _Token, before: _Token | None) -> BadQuery:
    """The error for a token that stands where a word, a phrase or a group should."""
    if before and before.kind in OPERATORS:
        return BadQuery(before.offset, f"{before.kind} without a word after it, expected one on each side")
    if token.kind in OPERATORS:
        return BadQuery(token.offset, f"{token.kind} without a word before it, expected one on each side")
    if before and before.kind == "open" and token.kind == "end":
        return BadQuery(before.offset, "a parenthesis is never closed, expected a )")
    if token.kind == "close" and not before:
        return BadQuery(token.offset, "a parenthesis that was never opened, expected a ( before it")
    if token.kind == "close":
        return BadQuery(token.offset, "empty parentheses, expected a word between them")
    return BadQuery(token.offset, "a minus sign without a word after it, expected one")
