import json
import math

import pytest

from core.engines.language.confidence import id_probabilities, probability

OFFERED = ("0", "1", "2", "17", "171")


def choice(*tokens: tuple[str, float], others: dict[str, float] | None = None, at: int = 0) -> dict[str, object]:
    """A choice with these tokens and how likely each was; ``others`` stood to choose in place of the ``at``-th."""
    content = [{"token": text, "logprob": math.log(sure), "top_logprobs": []} for text, sure in tokens]
    content[at]["top_logprobs"] = [{"token": t, "logprob": math.log(s)} for t, s in (others or {}).items()]
    return {"logprobs": {"content": content}}


def read(text: str, chosen: str, found: dict[str, object]) -> dict[str, float]:
    return id_probabilities(chosen, text, text.index(chosen), found, OFFERED)


def test_the_probability_is_that_of_the_ids_token() -> None:
    found = choice(('{"', 1.0), ("id", 1.0), ('":"', 1.0), ("2", 0.8), ('"}', 1.0), others={"2": 0.8, "0": 0.15}, at=3)

    assert read('{"id":"2"}', "2", found) == pytest.approx({"2": 0.8, "0": 0.15})


def test_an_id_of_several_tokens_is_as_likely_as_all_of_them_together() -> None:
    found = choice((" ", 1.0), ("1", 0.9), ("7", 0.5), ("1", 0.5), others={"1": 0.9, "0": 0.1}, at=1)

    assert read(" 171", "171", found) == pytest.approx({"171": 0.225})


def test_an_id_that_others_begin_with_needs_what_follows() -> None:
    object_ = choice(('{"id":"', 1.0), ("17", 0.9), ('"}', 0.6))
    alone, ended = choice(("17", 0.9)), choice(("17", 0.9), ("<|end|>", 0.6))

    assert read('{"id":"17"}', "17", object_) == pytest.approx({"17": 0.54})
    assert read("17", "17", alone) == {}
    assert read("17", "17", ended) == pytest.approx({"17": 0.54})


def test_a_token_may_hold_more_than_the_id() -> None:
    found = choice(('{"id"', 1.0), (':"2', 0.7), ('"}', 1.0), others={':"2': 0.7, ':"0': 0.2, " 0": 0.05}, at=1)

    assert read('{"id":"2"}', "2", found) == pytest.approx({"2": 0.7, "0": 0.2})


def test_another_that_could_still_become_a_third_is_not_counted() -> None:
    found = choice(("2", 0.6), others={"2": 0.6, "1": 0.2, "17": 0.1, "171": 0.05, "hello": 0.01, "999": 0.01})

    assert read("2", "2", found) == pytest.approx({"2": 0.6, "171": 0.05})


@pytest.mark.parametrize(
    "logprobs",
    [
        "null",
        "[]",
        '{"content": null}',
        '{"content": []}',
        '{"content": [null]}',
        '{"content": [{"token": "3", "logprob": -0.1}]}',
        '{"content": [{"token": "2"}]}',
        '{"content": [{"token": "2", "logprob": "high"}]}',
        '{"content": [{"token": "2", "logprob": true}]}',
        '{"content": [{"token": "2", "logprob": NaN}]}',
        '{"content": [{"token": "2", "logprob": 5}]}',
        '{"content": [{"token": "2", "logprob": -Infinity}]}',
        '{"content": [{"token": "2", "logprob": -1' + "0" * 400 + "}]}",
        '{"content": [{"token": 2, "logprob": -0.1}]}',
    ],
)
def test_what_cannot_be_read_gives_no_probability(logprobs: str) -> None:
    assert read("2", "2", {"logprobs": json.loads(logprobs)}) == {}
    assert read("2", "2", {}) == {}


def test_rounding_above_certainty_is_certainty() -> None:
    found = {"logprobs": {"content": [{"token": "2", "logprob": 1e-9, "top_logprobs": "none"}]}}

    assert read("2", "2", found) == {"2": 1.0}


@pytest.mark.parametrize("value", [True, "0.5", None, -0.1, 1.1, math.nan, math.inf, 10**400, [0.5]])
def test_only_a_number_from_0_to_1_is_a_probability(value: object) -> None:
    assert probability(value) is None
    assert (probability(0), probability(0.25), probability(1)) == (0.0, 0.25, 1.0)
