"""A source under another slug: its captures, identities and all that was derived go on, cited addresses stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    PrimaryKeyConstraint,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy import Table as PlainTable
from sqlalchemy.orm import Session

from archive.derived import Listed, NotificationRow, Revision, SourceRow, Target
from archive.indexing import reindex
from archive.journal import record_decision
from archive.store import Archive, ArchiveUnusable
from archive.tables import Identity, Table, plain
from archive.targets import lock_source

BATCH_ROWS = 500
RENAMED = "renamed"
"""The decision that says since when a source has its slug: `from` the former one."""


def rename_sources(archive: Archive, former: Mapping[str, str], now: datetime) -> list[tuple[str, str]]:
    """Give what is kept under former slugs the present ones (`former` maps old to new); returns what was renamed.

    Public ids stay as they were assigned. Raises ArchiveUnusable where bulletins are kept under both slugs.
    """
    with archive.reading() as session:
        waiting = [(old, new) for old, new in former.items() if _is_kept(session, old)]
    for old, new in waiting:
        with archive.writing() as session:
            rename_source(session, old, new, now)
    return waiting


def rename_source(session: Session, old: str, new: str, now: datetime) -> None:
    """The same for one source; the caller commits. The decision is journal, so that it can be told later."""
    lock_source(session, old)
    if not _is_kept(session, old):
        session.execute(delete(SourceRow).where(SourceRow.slug == old))
        return
    _merge(session, old, new)
    for table in _tables_of_sources():
        session.execute(update(table).where(table.c.source == old).values(source=new))
    numbers = list(session.scalars(select(NotificationRow.id).where(NotificationRow.source == new)))
    for start in range(0, len(numbers), BATCH_ROWS):
        _rename_records(session, numbers[start : start + BATCH_ROWS], new)
    record_decision(session, RENAMED, new, now, {"from": old})


def _tables_of_sources() -> Iterator[PlainTable]:
    """Every table whose rows name their source."""
    yield from (table for table in Table.metadata.sorted_tables if "source" in table.c)


def _is_kept(session: Session, slug: str) -> bool:
    """Whether anything is kept under a slug."""
    held = or_(*(exists().where(table.c.source == slug) for table in _tables_of_sources()))
    return bool(session.scalar(select(held)))


def _merge(session: Session, old: str, new: str) -> None:
    """Drop what both slugs have of the one without bulletins: where the new one was asked before, or the old again."""
    with_bulletins = [slug for slug in (old, new) if session.scalar(select(exists().where(Identity.source == slug)))]
    if len(with_bulletins) == 2:
        raise ArchiveUnusable(
            f"source {new}: bulletins are kept as {new!r} and as {old!r}, expected one slug: "
            f"take {old!r} out of its `formerly`"
        )
    kept = with_bulletins[0] if with_bulletins else old
    dropped = new if kept == old else old
    ours = select(Target.id).where(_is_double(plain(Target), ["url", "role"], kept, dropped))
    session.execute(delete(Listed).where(or_(Listed.listing_id.in_(ours), Listed.target_id.in_(ours))))
    for table in reversed(list(_tables_of_sources())):
        for names in _once_per_source(table):
            session.execute(delete(table).where(_is_double(table, names, kept, dropped)))
    session.execute(delete(SourceRow).where(SourceRow.slug == dropped))
    session.execute(update(SourceRow).where(SourceRow.slug == kept).values(slug=new))


def _once_per_source(table: PlainTable) -> Iterator[list[str]]:
    """The columns of which a source has each value only once, by the keys of a table."""
    for key in (table.primary_key, *table.constraints):
        if (
            isinstance(key, (PrimaryKeyConstraint, UniqueConstraint))
            and "source" in key.columns
            and len(key.columns) > 1
        ):
            yield [column.name for column in key.columns if column.name != "source"]


def _is_double(table: PlainTable, names: list[str], kept: str, dropped: str) -> ColumnElement[bool]:
    """Whether a row of the one slug says what a row of the other says too."""
    other = table.alias()
    same = exists().where(other.c.source == kept, *(other.c[name] == table.c[name] for name in names))
    return and_(table.c.source == dropped, same)


def _rename_records(session: Session, numbers: list[int], new: str) -> None:
    """Records name their source, outside their hash; the search index knows a bulletin by it."""
    rows = plain(Revision)
    found = session.execute(
        select(rows.c.notification_id, rows.c.number, rows.c.record).where(rows.c.notification_id.in_(numbers))
    )
    renamed = [{"of": of, "n": number, "record": {**record, "source": new}} for of, number, record in found]
    session.execute(
        update(rows).where(rows.c.notification_id == bindparam("of"), rows.c.number == bindparam("n")), renamed
    )
    reindex(session, numbers)
