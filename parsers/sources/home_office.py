"""Publications of the Home Office on GOV.UK."""

from __future__ import annotations

from parsers.families.govuk import GovUk


class HomeOffice(GovUk):
    """News, guidance and statements of the department for policing, borders and counter terrorism."""

    slug = "home-office"
    publisher = "home-office"
    organisation = "home-office"
    every_minutes = 30
    expect = range(20, 51)
