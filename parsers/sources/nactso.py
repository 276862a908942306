"""Publications of the National Counter Terrorism Security Office on GOV.UK."""

from __future__ import annotations

from parsers.families.govuk import GovUk


class Nactso(GovUk):
    """Protective security advice; newer advice is published on ProtectUK."""

    slug = "nactso"
    publisher = "nactso"
    organisation = "national-counter-terrorism-security-office"
