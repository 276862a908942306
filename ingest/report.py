"""What a run or an import came to, for its accounts row and its exit code."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from archive.settle import Accounts, Settled

ACCOUNTS_COLUMNS = (
    *("source", "seen", "new", "revised", "unchanged", "repeated"),
    *("quarantined", "withdrawn", "attachments", "errors"),
)


@dataclass(slots=True)
class Report:
    """What a run came to. `state`: done, busy (another process runs this source), stopped or failed.

    `held` says of pages that half of them is gone, until a human accepts it; `pages_read` and `pages_failed` are the
    details and older pages that the run asked.
    """

    source: str
    accounts: Accounts = field(default_factory=Accounts)
    links: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    pages_read: set[int] = field(default_factory=set)
    pages_failed: set[int] = field(default_factory=set)
    is_lossy: bool = False
    state: str = "done"

    def take(self, settled: Settled | None) -> None:
        if settled is None:
            return
        self.accounts.add(settled.accounts)
        self.is_lossy |= settled.losses
        told = self.held if settled.held else self.notices
        if settled.notice and not settled.gone and settled.notice not in told:
            told.append(settled.notice)

    @property
    def told(self) -> list[str]:
        """All that an operator must hear."""
        return [*self.notices, *self.held]

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
