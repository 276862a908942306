"""Which values the bulletins have of each filter, so that a reader can choose among them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.facets import CLOSED
from archive.search import SearchEntry
from archive.tables import DERIVED, Table
from archive.upsert import insert_all_once


class FacetValue(Table):
    """A value that some bulletin has or had of a filter; `label` is how it is shown."""

    __tablename__ = "facet_values"
    __table_args__ = ({"info": DERIVED},)
    facet: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]


def note_values(session: Session, entries: Sequence[SearchEntry], regions: Collection[str]) -> None:
    """Keep the values that the entries have; a region with the spelling in which it was first met."""
    labels = {region.casefold(): region for region in sorted(regions)}
    met = {(name, value) for entry in entries for name, values in entry.facets.items() for value in values}
    rows = [
        {"facet": name, "value": value, "label": labels.get(value, value) if name == "region" else value}
        for name, value in sorted(met)
        if name not in CLOSED
    ]
    insert_all_once(session, FacetValue, rows)


def labels_of(session: Session, facets: Collection[str]) -> dict[str, dict[str, str]]:
    """The values of each of these filters, and how each is shown."""
    labels = {facet: {value: value for value in CLOSED.get(facet, ())} for facet in facets}
    wanted = [facet for facet in facets if facet not in CLOSED]
    known = select(FacetValue.facet, FacetValue.value, FacetValue.label).where(FacetValue.facet.in_(wanted))
    for facet, value, label in session.execute(known.order_by(FacetValue.facet, FacetValue.value)):
        labels[facet][value] = label
    return labels
