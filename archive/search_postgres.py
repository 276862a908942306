"""Search in PostgreSQL: a tsvector built here with a GIN index, and the folded words themselves for phrases.

A tsvector ends at position 16,383, at 256 positions per word and at 1 MB, and says nothing when it does. So it only
chooses candidates; phrases, and notifications whose words do not all fit (`complete` is false), are decided by
looking into `content`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from archive.query import AllOf, AnyOf, Field, Phrase, Query, has_phrase
from archive.search_dialect import BREAK, Condition, IndexedWords, Newest

KEY = "search_entries.search_key"
RANK = "ts_rank(tsv, CAST(:tsquery AS tsquery))"

MAX_POSITION = 16_383
MAX_POSITIONS_PER_WORD = 255
MAX_VECTOR_BYTES = 1_000_000
BYTES_PER_WORD = 8
INCOMPLETE = "=incomplete"

INSERT = text(
    "INSERT INTO search_entries (search_key, tsv, complete, content)"
    " VALUES (:key, CAST(:tsv AS tsvector), :complete, :content)"
)
DELETE = text("DELETE FROM search_entries WHERE search_key = :key")


def add(connection: Connection, words_by_key: Mapping[int, IndexedWords]) -> None:
    """Insert a row for each key."""
    connection.execute(INSERT, [_row(key, words) for key, words in words_by_key.items()])


def _row(key: int, words: IndexedWords) -> dict[str, int | bool | str]:
    tsv, complete = _vector(words)
    content = f" {BREAK} ".join(" ".join(field) for field in words.fields())
    return {"key": key, "tsv": tsv, "complete": complete, "content": f" {content} "}


def remove(connection: Connection, key: int) -> None:
    """Delete the row of `key`."""
    connection.execute(DELETE, {"key": key})


def merge(_connection: Connection) -> bool:
    """Nothing: a GIN index is one tree, and autovacuum puts what waits beside it into place."""
    return False


def matching(query: Query | None, facets: Sequence[Sequence[str]]) -> Condition:
    """The candidates by the index, and where that does not settle it the exact answer by their content."""
    parts = [f"(({_candidates(query)}) | '{INCOMPLETE}')"] if query else []
    parts += ["(" + " | ".join(_facet_lexeme(token) for token in tokens) + ")" for tokens in facets]
    values = {"tsquery": " & ".join(parts)}
    sql = "tsv @@ CAST(:tsquery AS tsquery)"
    if query:
        exact = _exact(query, values)
        sql += f" AND ({exact})" if has_phrase(query) else f" AND (complete OR ({exact}))"
    return Condition(sql, values)


def newest(
    _connection: Connection, _query: Query, _facets: Sequence[Sequence[str]], _bounds: Condition, _limit: int
) -> Newest | None:
    """None: the index gives all candidates at once, whatever the query."""
    return None


def _vector(words: IndexedWords) -> tuple[str, bool]:
    """The tsvector as a literal, and whether all words went in. Positions serve the ranking alone."""
    lexemes = [_facet_lexeme(token) for token in words.facet_tokens]
    size = 0
    for word, places in _places(words).items():
        size += len(word.encode()) + BYTES_PER_WORD + 2 * len(places)
        if size > MAX_VECTOR_BYTES:
            return " ".join([*lexemes, f"'{INCOMPLETE}'"]), False
        lexemes.append(f"'{word}':{','.join(places)}")
    return " ".join(lexemes), True


def _places(words: IndexedWords) -> dict[str, list[str]]:
    """For each word the positions with the weights of their fields: A title, B body, C pages."""
    places: dict[str, list[str]] = defaultdict(list)
    position = 0
    for weight, found in _weighted(words):
        for word in found:
            position += 1
            of_word = places[word]
            if not of_word or (len(of_word) < MAX_POSITIONS_PER_WORD and position < MAX_POSITION):
                of_word.append(f"{min(position, MAX_POSITION)}{weight}")
    return places


def _weighted(words: IndexedWords) -> Iterable[tuple[str, Sequence[str]]]:
    yield "A", words.title
    yield "B", words.body
    for page in words.pages:
        yield "C", page


def _facet_lexeme(token: str) -> str:
    """A lexeme that no word can be, for its sign."""
    return f"'={token}'"


def _candidates(query: Query) -> str:
    """A tsquery that matches at least what the query matches: phrases as their words, unwanted phrases left out."""
    match query:
        case Phrase(words=words, prefix=prefix):
            return " & ".join(f"'{word}'" for word in words) + (":*" if prefix else "")
        case Field(token=token):
            return _facet_lexeme(token)
        case AnyOf(choices=choices):
            return " | ".join(f"({_candidates(choice)})" for choice in choices)
        case AllOf(wanted=wanted, unwanted=unwanted):
            parts = [f"({_candidates(part)})" for part in wanted]
            parts += [f"!({_candidates(part)})" for part in unwanted if not has_phrase(part)]
            return " & ".join(parts)


def _exact(query: Query, values: dict[str, str]) -> str:
    """The query as SQL over `content`; the words go into `values`."""
    match query:
        case Phrase(words=words, prefix=prefix):
            name = f"phrase_{len(values)}"
            values[name] = f" {' '.join(words)}" + ("" if prefix else " ")
            return f"strpos(content, :{name}) > 0"
        case Field(token=token):
            name = f"field_{len(values)}"
            values[name] = _facet_lexeme(token)
            return f"tsv @@ CAST(:{name} AS tsquery)"
        case AnyOf(choices=choices):
            return " OR ".join(f"({_exact(choice, values)})" for choice in choices)
        case AllOf(wanted=wanted, unwanted=unwanted):
            parts = [f"({_exact(part, values)})" for part in wanted]
            parts += [f"NOT ({_exact(part, values)})" for part in unwanted]
            return " AND ".join(parts)
