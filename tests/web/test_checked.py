"""What a citation claims can be checked by who reads it, with what the desk answers and nothing of ours."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any

import httpx


def hashed(record: dict[str, Any], left_out: list[str]) -> str:
    stated = {name: value for name, value in record.items() if name not in left_out}
    canonical = json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(unicodedata.normalize("NFC", canonical).encode()).hexdigest()


def test_what_a_citation_claims_can_be_checked(site: httpx.Client) -> None:
    about = site.get("/api/v1/openapi.json").json()["info"]["description"]
    left_out = re.split(r", | and ", about.rpartition("without ")[2].rstrip("."))
    rows = site.get("/api/v1/notifications?limit=100").json()["items"]
    assert len(rows) > 10
    for row in rows:
        cited = site.get(f"/bulletins/{row['id']}/cite.txt").text
        retrieved, *documents, content = re.findall(r"\b[0-9a-f]{64}\b", cited)
        revisions = site.get(f"/api/v1/notifications/{row['id']}/revisions").json()["items"]
        present = next(each for each in revisions if each["revision"] == row["revision"])
        captures = {each["capture"] for each in revisions if each["sha256"] == retrieved}
        for number in captures:
            assert hashlib.sha256(site.get(f"/captures/{number}/body").content).hexdigest() == retrieved
        for sha256 in documents:
            assert hashlib.sha256(site.get(f"/attachments/{sha256}").content).hexdigest() == sha256
        assert captures and content == present["content_hash"] == hashed(present["record"], left_out)
