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
    """What a run came to. `state`: done, busy (another process runs this source) or stopped."""

    source: str
    accounts: Accounts = field(default_factory=Accounts)
    links: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    lossy: bool = False
    state: str = "done"

    def take(self, settled: Settled | None) -> None:
        if settled is None:
            return
        self.accounts.add(settled.accounts)
        self.lossy |= settled.lossy
        if settled.notice and settled.notice not in self.notices:
            self.notices.append(settled.notice)

    def row(self) -> dict[str, Any]:
        """The accounts row that ends a run or an import."""
        books = {"source": self.source, **asdict(self.accounts)}
        return {name: books[name] for name in ACCOUNTS_COLUMNS}

    def fail(self, reason: str) -> None:
        self.accounts.errors += 1
        self.lossy = True
        self.notices.append(reason)
