"""Our top-level import names are ordinary words: no installed distribution may ship one of them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from sysconfig import get_path

import pytest

from tests.house.code import ROOMS

OURSELVES = "bulletins"
SITE_PACKAGES = sorted({Path(get_path(kind)) for kind in ("purelib", "platlib")})


def shipped_by_others(names: set[str], providers: dict[str, list[str]], folders: list[Path]) -> Iterator[str]:
    """Each of `names` that a distribution declares, or that simply lies in a folder of installed packages."""
    for name in sorted(names):
        for distribution in sorted(set(providers.get(name, ())) - {OURSELVES}):
            yield f"{name}: also shipped by {distribution}, expected by nobody"
        for folder in folders:
            for found in sorted([folder / name, *folder.glob(f"{name}.*")]):
                if found.exists() and found.suffix in {"", ".py", ".so", ".pth"}:
                    yield f"{name}: {found} shadows ours, expected nothing of that name"


def test_no_distribution_ships_one_of_our_names() -> None:
    assert list(shipped_by_others(set(ROOMS), dict(packages_distributions()), SITE_PACKAGES)) == []


@pytest.mark.parametrize("file", ["replica/__init__.py", "replica.py", "replica.cpython-311-x86_64-linux-gnu.so"])
def test_a_file_of_that_name_is_found(file: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).touch()
    assert len(list(shipped_by_others({"replica", "archive"}, {}, [tmp_path]))) == 1


def test_a_declared_name_is_found() -> None:
    providers = {"archive": ["libarchive"], "replica": [OURSELVES], "web": []}
    assert list(shipped_by_others({"archive", "replica", "web"}, providers, [])) == [
        "archive: also shipped by libarchive, expected by nobody"
    ]


def test_the_folders_hold_the_installed_packages() -> None:
    assert any((folder / "pytest").is_dir() for folder in SITE_PACKAGES)
