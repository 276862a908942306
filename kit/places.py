"""Where a checkout keeps sources and fixtures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class NoCheckout(Exception):
    """The kit works on a checkout, and this is none."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder with the code and its tests."""

    root: Path

    @classmethod
    def here(cls) -> Checkout:
        """The checkout that this code stands in; raises NoCheckout where its tests are not beside it."""
        root = Path(__file__).resolve().parents[1]
        if not (root / "tests" / "fixtures").is_dir():
            raise NoCheckout(f"{root}: no tests/fixtures beside the code, expected a checkout of the repository")
        return cls(root)

    def source_file(self, slug: str) -> Path:
        return self.root / "parsers" / "sources" / f"{slug.replace('-', '_')}.py"

    def cases(self, slug: str) -> Path:
        return self.root / "tests" / "fixtures" / slug

    def named(self, path: Path) -> str:
        """A path as a maintainer types it."""
        return str(path.relative_to(self.root))
