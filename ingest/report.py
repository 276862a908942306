"""What a run or an import came to, for its accounts row and its exit code."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from archive.settle import Accounts, Settled

ACCOUNTS_COLUMNS = (
    *("source", "seen", "new", "revised", "unchanged", "repeated"),
    *("quarantined", "withdrawn", "attachments", "errors"),
)
NARROW = ("source", "seen/new", "revised/unchanged", "repeated/quarantined", "withdrawn/attachments", "errors")
"""The same two by two, for terminals of 80 columns."""


@dataclass(slots=True)
class Report:
    """What a run came to. `state`: done, busy (another process runs this source), stopped or failed.

    `held` says of pages that half of them is gone, until a human accepts it. `links_read` and `links_failed` are the
    details, older pages and documents that the run asked, `pages_asked` and `documents_asked` how many. `unasked`
    counts by kind and reason what was not to be asked yet, `links_wait` is why the last link of them was not.
    """

    source: str
    accounts: Accounts = field(default_factory=Accounts)
    links: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    links_read: set[int] = field(default_factory=set)
    links_failed: set[int] = field(default_factory=set)
    pages_asked: int = 0
    documents_asked: int = 0
    unasked: Counter[tuple[str, str]] = field(default_factory=Counter)
    links_wait: str | None = None
    is_lossy: bool = False
    all_same: bool = True
    """Whether every page that was read says what it said before."""
    state: str = "done"

    def take(self, settled: Settled | None) -> None:
        if settled is None:
            return
        self.accounts.add(settled.accounts)
        self.is_lossy |= settled.losses
        self.all_same &= settled.is_same
        told = self.held if settled.held else self.notices
        if settled.notice and not settled.gone and settled.notice not in told:
            told.append(settled.notice)

    @property
    def told(self) -> list[str]:
        """All that an operator must hear."""
        unasked = [f"{count} {what} not asked: {reason}" for (what, reason), count in self.unasked.items()]
        return [*self.notices, *unasked, *self.held]

    @property
    def lossy(self) -> bool:
        """Whether something was lost, is missing, or waits for a human."""
        return self.is_lossy or bool(self.held)

    def row(self) -> dict[str, Any]:
        """The accounts row that ends a run or an import."""
        books = {"source": self.source, **asdict(self.accounts)}
        return {name: books[name] for name in ACCOUNTS_COLUMNS}

    def fail(self, reason: str) -> None:
        self.accounts.errors += 1
        self.is_lossy = True
        self.notices.append(reason)
