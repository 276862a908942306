"""News of Sussex Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class SussexPolice(SingleOnlineHome):
    """News of Sussex Police."""

    slug = "sussex-police"
    publisher = "sussex-police"
    rights = "© Sussex Police"
    start = ("https://www.sussex.police.uk/news/sussex/news/",)
