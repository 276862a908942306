"""News of Gwent Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class GwentPolice(SingleOnlineHome):
    """News of Gwent Police."""

    slug = "gwent-police"
    publisher = "gwent-police"
    rights = "© Gwent Police"
    start = ("https://www.gwent.police.uk/news/gwent/news/",)
