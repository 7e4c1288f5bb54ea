"""How ``.ci/run`` understands the tools that look for weaknesses, risky code and licences."""

import pytest

from tests import security_checks
from tests.security_checks import RISKY, risky, unfree, weak


def test_a_known_weakness_is_told_with_the_version_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    weakness = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"]}
    report = {
        "dependencies": [
            {"name": "a", "version": "1.0", "vulns": [weakness]},
            {"name": "b", "version": "1.0", "vulns": []},
            {"name": "c", "skip_reason": "not found"},
        ]
    }

    assert weak(report) == (["a 1.0: PYSEC-1, mended in 2.0"], 2, 1)
    monkeypatch.setattr(security_checks, "WEAKNESSES", {"CVE-1": "that part is not used"})
    assert weak(report)[0] == []


def finding(rule: str, file: str) -> dict[str, object]:
    return {"test_id": rule, "filename": file, "line_number": 3, "issue_text": "bad"}


def test_risky_code_is_told_unless_it_is_explained_and_explanations_do_not_outlive_it() -> None:
    known = [finding(rule, file) for rule, file in RISKY]

    assert risky({"results": known, "errors": []}) == []
    assert risky({"results": [*known, finding("B602", "./core/x.py")], "errors": []}) == ["core/x.py:3: B602 bad"]
    assert "not there any more" in risky({"results": known[1:], "errors": []})[0]
    assert risky({"results": known, "errors": [{"filename": "x.py", "reason": "syntax"}]}) == ["x.py: syntax"]


@pytest.mark.parametrize(
    ("licence", "is_free"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("DFSG approved; MIT License", True),
        ("3-Clause BSD License", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-2.0", False),
        ("UNKNOWN", False),
    ],
)
def test_a_licence_that_asks_for_more_than_its_notice_is_told(licence: str, is_free: bool) -> None:
    assert (unfree([{"Name": "x", "Version": "1", "License": licence}]) == []) == is_free
