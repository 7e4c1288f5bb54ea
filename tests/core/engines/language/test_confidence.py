import json
import math

import pytest

from core.engines.language.confidence import id_probabilities, probability

OFFERED = ("0", "1", "2", "17", "171")

Token = str | tuple[str, dict[str, float]]
"""A token that was certain, or one with all that was listed for its place."""


def choice(*tokens: Token) -> dict[str, object]:
    content = []
    for token in tokens:
        text, listed = (token, {token: 1.0}) if isinstance(token, str) else token
        top = [{"token": t, "logprob": math.log(sure)} for t, sure in listed.items()]
        content.append({"token": text, "logprob": math.log(listed[text]), "top_logprobs": top})
    return {"logprobs": {"content": content}}


def read(text: str, chosen: str, found: dict[str, object]) -> dict[str, float]:
    return id_probabilities(chosen, text, text.index(chosen), found, OFFERED)


def test_the_probability_is_that_of_the_ids_token() -> None:
    found = choice('{"', "id", '":"', ("2", {"2": 0.85, "0": 0.15}), '"}')

    assert read('{"id":"2"}', "2", found) == pytest.approx({"2": 0.85, "0": 0.15})


def test_probabilities_from_before_a_grammar_are_divided_among_the_ids_that_it_allows() -> None:
    found = choice(("2", {"The": 0.88, "2": 0.06, "I": 0.03, "0": 0.02, "\n": 0.01}))

    assert read("2", "2", found) == pytest.approx({"2": 0.06 / 0.08, "0": 0.02 / 0.08})


def test_nothing_is_told_where_other_ids_may_have_had_much_that_is_not_listed() -> None:
    held = choice(("2", {"The": 0.5, "I": 0.2, "2": 0.01, "We": 0.05}))
    below_the_list = {"logprobs": {"content": [{"token": "2", "logprob": -9.0, "top_logprobs": [
        {"token": "The", "logprob": -0.1}, {"token": "I", "logprob": -4.0}
    ]}]}}  # fmt: skip

    assert read("2", "2", held) == {}
    assert read("2", "2", below_the_list) == {}
    assert read("2", "2", choice(("2", {"2": 0.8}))) == {}
    assert read("2", "2", choice(("2", {"2": 0.95}))) == pytest.approx({"2": 0.95})


def test_an_id_of_several_tokens_is_as_likely_as_all_of_them_together() -> None:
    found = choice(
        " ", ("1", {"1": 0.9, "0": 0.1}), ("7", {"7": 0.5, "<|end|>": 0.5}), ("1", {"1": 0.5, "<|end|>": 0.5})
    )

    assert read(" 171", "171", found) == pytest.approx({"171": 0.225})


def test_each_token_of_an_id_is_compared_with_those_that_the_ids_go_on_with() -> None:
    found = choice(("1", {"1": 0.2, "0": 0.2, "Hi": 0.6}), ("7", {"7": 0.3, "8": 0.6, "<|end|>": 0.1}), "<|end|>")

    assert read("17<|end|>", "17", found) == pytest.approx({"17": 0.5 * 0.75})


def test_an_id_that_others_begin_with_needs_what_follows() -> None:
    ends = {'"}': 0.6, "1": 0.4}
    object_ = choice('{"id":"', ("17", {"17": 0.9, "0": 0.1}), ('"}', ends))
    alone = choice(("17", {"17": 0.9, "0": 0.1}))
    ended = choice(("17", {"17": 0.9, "0": 0.1}), ("<|end|>", {"<|end|>": 0.6, "1": 0.4}))

    assert read('{"id":"17"}', "17", object_) == pytest.approx({"17": 0.54, "0": 0.1})
    assert read("17", "17", alone) == {}
    assert read("17", "17", ended) == pytest.approx({"17": 0.54, "0": 0.1})


def test_a_token_may_hold_more_than_the_id() -> None:
    found = choice('{"id"', (':"2', {':"2': 0.7, ':"0': 0.25, " 0": 0.05}), '"}')

    assert read('{"id":"2"}', "2", found) == pytest.approx({"2": 0.7 / 0.95, "0": 0.25 / 0.95})


def test_another_that_could_still_become_a_third_is_not_named_and_counts_all_the_same() -> None:
    listed = {"2": 0.6, "1": 0.2, "17": 0.1, "171": 0.05, "hello": 0.03, "999": 0.02}

    assert read("2", "2", choice(("2", listed))) == pytest.approx({"2": 0.6 / 0.95, "171": 0.05 / 0.95})


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
