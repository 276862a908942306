"""What may take the place of a document that is held: another document, and no page that its address leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.settling import arrive
from replica.answers import Answer
from replica.faults import HTML_AS_PDF, Fault, html_as_pdf, redirect
from tests.lifecycle.test_documents_cited import FIRST, ONE, Setting
from tests.lifecycle.world import ADDRESS, Clock, SmallSite, Upstream, arrival, bsia, opened, shown, with_document

LINK = "/LinkClick.aspx?fileticket=abc"
LOG_IN = b"<!doctype html><title>Members</title><form><input type='password'></form>"
PLAIN = b"<!doctype html><title>Downloads</title><p>Choose a file.</p>"


def page(body: bytes) -> Fault:
    return Fault("page", lambda _: Answer(200, "text/html", body))


@pytest.fixture(params=[ONE, LINK], ids=["pdf", "link"])
def cited(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def setting(database_url: str, tmp_path: Path, cited: str) -> Iterator[Setting]:
    first, *rest = shown(*plain_keys()[:6])
    site = SmallSite([[with_document(first, cited), *rest]], {(cited.partition("?")[0], 0): FIRST})
    with opened(database_url, tmp_path) as archive:
        yield Setting(archive, Upstream(site), Clock())


def plain_keys() -> list[str]:
    from replica.messages import messages

    return [key for key, message in messages().items() if "](" not in "".join(message.paragraphs)]


def test_a_page_in_its_place_replaces_no_document(setting: Setting, cited: str) -> None:
    setting.run()
    held = setting.target(cited).sha256
    setting.upstream.faults[cited.partition("?")[0]] = html_as_pdf()
    assert setting.run(minutes=70).lossy
    assert (setting.target(cited).sha256, {kind for kind, _ in setting.changes()}) == (held, {"created"})


@pytest.mark.parametrize("code", [301, 302])
@pytest.mark.parametrize(("to", "body"), [("/", PLAIN), ("/", LOG_IN), ("/members", LOG_IN), ("/files", PLAIN)])
def test_no_page_that_it_leads_to_replaces_it(setting: Setting, cited: str, code: int, to: str, body: bytes) -> None:
    setting.run()
    held = setting.target(cited).sha256
    assert held is not None
    path = cited.partition("?")[0]
    setting.upstream.faults |= {path: redirect(to, code), to: page(body)}
    report = setting.run(minutes=70)
    assert (setting.target(cited).sha256, setting.target(cited).state) == (held, "held")
    assert {kind for kind, _ in setting.changes()} == {"created"}
    assert report.lossy and len(report.notices) == 1
    assert setting.target(cited).moved_to is None


def test_no_page_at_its_own_address_replaces_it(setting: Setting, cited: str) -> None:
    setting.run()
    held = setting.target(cited).sha256
    setting.upstream.faults[cited.partition("?")[0]] = page(PLAIN)
    assert setting.run(minutes=70).lossy
    assert (setting.target(cited).sha256, {kind for kind, _ in setting.changes()}) == (held, {"created"})


def test_an_import_of_what_is_no_document_says_so(setting: Setting, cited: str) -> None:
    setting.run()
    came = replace(
        arrival(HTML_AS_PDF, setting.clock()),
        role="attachment",
        target_url=ADDRESS.partition("/about")[0] + cited,
        url=ADDRESS.partition("/about")[0] + cited,
    )
    settled = arrive(setting.archive, bsia(), [came], setting.clock())
    assert settled.losses and "a page of HTML, expected a document" in str(settled.notice)
    settled = arrive(setting.archive, bsia(), [replace(came, status=404)], setting.clock())
    assert not settled.losses and "status 404, expected 200" in str(settled.notice)
    assert setting.target(cited).sha256 is not None
