import json
from typing import Any

import pytest

from core.engines.language.error_bodies import WORDS_SHOWN, names_of, quoted, status_within, words_of
from core.engines.language.server import ServerKey

KEY = ServerKey("sk-secret-0017-and-more")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "No.", "type": "x"}, "No."),
        ("Model not  loaded\n", "Model not loaded"),
        ([{"error": {"message": "No.", "status": "INVALID"}}], "No."),
        ({"detail": "No."}, "No."),
        ({"detail": [{"msg": "Extra inputs", "loc": ["body", "x"], "input": "what was sent"}]}, "Extra inputs"),
        ({"message": {"detail": [{"msg": "Extra inputs"}]}}, "Extra inputs"),
        ({"error": "No.", "message": "No."}, "No."),
        (
            {"message": "Provider error", "metadata": {"raw": '{"error": {"message": "Too hot"}}'}},
            "Provider error Too hot",
        ),
        ({"errors": [{"message": "One."}, {"message": "Two."}]}, "One. Two."),
        ("<html><body>Bad gateway</body></html>", ""),
        (None, ""),
        (17, ""),
        ({"message": None, "detail": 3}, ""),
    ],
)
def test_a_servers_words_are_found_in_each_form(body: object, words: str) -> None:
    assert words_of(body) == words


def test_the_parameters_are_named_as_the_server_names_them() -> None:
    body = {"param": "None", "detail": [{"loc": ["body", "x", 0]}, {"loc": []}], "errors": [{"field": "a.b"}]}

    assert names_of(body) == ["body.x.0", "a.b"]


def test_what_is_quoted_is_short_plain_and_without_secrets() -> None:
    body = {"message": f"Sent {KEY.reveal()}, api_key=abcdef123456\x1b[31m\x00 {'x ' * 1000}"}

    found = quoted(body, KEY)

    assert found.startswith(" It says: “Sent •••, api_key=[masked]")
    assert len(found) < WORDS_SHOWN + 20
    assert found.isprintable()
    assert quoted({}, KEY) == ""


def test_a_key_at_the_place_of_the_cut_is_not_shown_in_part() -> None:
    assert "sk-" not in quoted("x" * (WORDS_SHOWN - 8) + KEY.reveal(), KEY)


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ({"error": {"message": "Provider returned error", "code": 429}}, 429),
        ({"error": {"code": "503"}}, 503),
        ({"error": {"code": "insufficient_quota"}}, 429),
        ({"error": {"code": None, "type": "invalid_api_key"}}, 401),
        ({"error": {"message": "?"}}, 400),
        ({"error": {"code": 200}}, 400),
        ({"error": {"code": True}}, 400),
        ({"error": "Unexpected endpoint or method. (POST /v1/decisions)"}, 400),
        ({"choices": [{"finish_reason": "error", "error": {"code": 502}}]}, 502),
        ({"choices": [], "error": {"code": 500}}, 500),
        ({"choices": [{"message": {}}], "error": {"code": 500}}, None),
        ({"choices": [{"finish_reason": "error"}]}, None),
        ({"answers": [{}], "error": None}, None),
        ({"error": None}, None),
        ({}, None),
    ],
)
def test_an_error_inside_of_a_success_has_its_status(reply: dict[str, Any], status: int | None) -> None:
    assert status_within(reply) == status


def test_a_body_nested_without_end_is_left() -> None:
    body: object = "deep"
    for _ in range(50):
        body = {"message": body}

    assert words_of(body) == ""
    assert words_of(json.dumps("x" * 1_000_000)) != ""
