"""What the Content API answers where an item stood that is gone or moved."""

from __future__ import annotations

from parsers.json_members import Members
from parsers.page import Page, PageChanged, PageGone


def refuse_departed(page: Page, members: Members, schema: str) -> None:
    """Raise PageGone for an item that is gone, PageChanged for a redirect.

    A redirect is no withdrawal: what stood here moved, and its id comes back under the new path, or it was merged into
    another page. So it is loud and names where it leads, and nothing is marked as gone.
    """
    if schema == "gone":
        details = members.object("details")
        why = page.fragment(details.string("explanation") or "").text or "no reason given"
        instead = f", see {details.string('alternative_path')}" if details.string("alternative_path") else ""
        raise PageGone(f"{page.url}: gone ({why[:500]}{instead[:200]}), expected a bulletin")
    if schema == "redirect":
        ways = ", ".join(each.required("destination") for each in members.objects("redirects"))
        raise PageChanged(f"{page.url}: moved to {ways[:500] or 'nowhere'}, expected a bulletin")
