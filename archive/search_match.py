"""A query in the syntax of FTS5."""

from __future__ import annotations

from collections.abc import Sequence

from archive.query import AllOf, AnyOf, Field, Phrase, Query, has_prefix
from archive.search_dialect import Condition


def matching(query: Query | None, facets: Sequence[Sequence[str]]) -> Condition:
    """One MATCH over all, so that FTS5 intersects query and filters and walks its rows in order of the key."""
    parts = [match_of(query)] if query else []
    parts += [f"tokens : ({' OR '.join(tokens)})" for tokens in facets]
    return Condition("search_entries MATCH :match", {"match": " AND ".join(f"({part})" for part in parts)})


def match_of(query: Query) -> str:
    """The query itself. Words are letters and digits only, and quoted."""
    match query:
        case Phrase(words=words, prefix=prefix):
            return f'{{title body documents}} : "{" ".join(words)}"{" *" if prefix else ""}'
        case Field(token=token):
            return f"tokens : {token}"
        case AnyOf(choices=choices):
            return " OR ".join(f"({match_of(choice)})" for choice in choices)
        case AllOf(wanted=wanted, unwanted=unwanted):
            found = " AND ".join(f"({match_of(part)})" for part in wanted)
            left_out = " OR ".join(f"({match_of(part)})" for part in unwanted)
            return f"({found}) NOT ({left_out})" if unwanted else found


def at_least(query: Query) -> Query | None:
    """What all rows of the query match and no beginning of words is part of; None where that is every row."""
    match query:
        case Phrase(words=words, prefix=True):
            return Phrase(words[:-1]) if words[1:] else None
        case Phrase() | Field():
            return query
        case AnyOf(choices=choices):
            found = [part for part in map(at_least, choices) if part]
            return AnyOf(tuple(found)) if len(found) == len(choices) else None
        case AllOf(wanted=wanted, unwanted=unwanted):
            found = [part for part in map(at_least, wanted) if part]
            left_out = tuple(part for part in unwanted if not has_prefix(part))
            return AllOf(tuple(found), left_out) if found else None
