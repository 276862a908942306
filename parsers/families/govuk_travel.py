"""GOV.UK's travel advice: one rolling page for each country, re-issued as a whole with a change description."""

from __future__ import annotations

from parsers.attachments import Pairs
from parsers.dates import Stated
from parsers.families.govuk import GovUk
from parsers.families.govuk_attachments import address_of
from parsers.families.govuk_codes import Code, change_note, withdrawal
from parsers.families.govuk_content import Item
from parsers.families.govuk_dates import last_updated
from parsers.lines import fold
from parsers.page import PageChanged


class TravelAdvice(GovUk):
    """Advice for each country. `issued` is when the edition that stands there was issued; corrections do not move it.

    First publication says nothing here: the page of a country is as old as GOV.UK, what it says is of today.
    """

    def issued(self, item: Item) -> tuple[Stated | None, str]:
        return last_updated(item), f"public_updated_at {item.members.string('public_updated_at')!r}"

    def codes(self, item: Item) -> list[Code]:
        """Each alert status, then the change description (older items) or the newest change note.

        An item without `alert_status` is refused: only an empty array says that there is none.
        """
        if not item.details.has("alert_status", list):
            raise PageChanged(f"{item.details.where}: no alert_status, expected an array")
        alerts = item.details.strings("alert_status")
        described = fold(item.details.string("change_description") or "")
        said = [Code("change-note", described, "details.change_description")] if described else change_note(item)
        status = [Code("fcdo-alert-status", alert, "details.alert_status") for alert in sorted(alerts)]
        return [*withdrawal(item), *status, *said]

    def place(self, item: Item) -> str | None:
        return fold(item.details.object("country").required("name"))

    def stated_documents(self, item: Item) -> Pairs:
        """The map."""
        document = item.details.object("document")
        if not document.values:
            return ()
        return (
            (address_of(item, document, "url"), fold(document.string("title") or document.string("filename") or "")),
        )
