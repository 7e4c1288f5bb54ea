import json
from dataclasses import replace

import jsonschema
import pytest

from core.engines.language.replies import BadReply, Fault
from core.engines.language.request_modes import BREAKPOINT, CACHE_KEY, MODE_HANDLERS, possible
from core.engines.language.server_memory import RequestMode
from core.engines.language.style import Prompts, PromptStyle
from core.engines.reply_cache import ModelReply
from core.prompts.single_line import escaped_line
from core.questions.entry import Entry
from tests.core.engines.language.conftest import TABLE

IDS = ["0", "1", "2", "17"]


def prompt(mode: RequestMode):
    return Prompts(PromptStyle()).of_table(mode, TABLE).prompt("open?")


def body(mode: RequestMode, cache_key: str | None = None, refused: frozenset[str] = frozenset()):
    return MODE_HANDLERS[mode].body(prompt(mode), "gpt-6-luna", cache_key, refused)


def chat(text: object, **more: object) -> dict[str, object]:
    return {"choices": [{"finish_reason": "stop", "message": {"content": text}, **more}]}


def read(mode: RequestMode, reply: dict[str, object]) -> ModelReply:
    return MODE_HANDLERS[mode].read(reply, prompt(mode))


def fault_of(mode: RequestMode, reply: dict[str, object]) -> Fault:
    with pytest.raises(BadReply) as bad:
        read(mode, reply)
    return bad.value.fault


def test_a_decision_offers_the_ids_as_choices() -> None:
    sent = body(RequestMode.DECISIONS)

    assert [message["role"] for message in sent["input"]] == ["system", "user"]
    (question,) = sent["questions"]
    assert (question["type"], [choice["value"] for choice in question["choices"]]) == ("choice", IDS)
    assert set(sent) == {"model", "input", "questions"}


def test_a_schema_holds_the_reply_to_the_ids() -> None:
    sent = body(RequestMode.SCHEMA)

    form = sent["response_format"]
    assert (form["type"], form["json_schema"]["strict"], sent["temperature"]) == ("json_schema", True, 0)
    jsonschema.validate({"id": "17"}, form["json_schema"]["schema"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": "3"}, form["json_schema"]["schema"])


def test_a_choice_speaks_to_vllm_and_to_llama_cpp_at_once() -> None:
    sent = body(RequestMode.CHOICE)

    assert sent["structured_outputs"] == {"choice": IDS}
    assert sent["grammar"] == 'root ::= "0" | "1" | "2" | "17"\n'
    assert "response_format" not in sent


def test_a_completion_is_the_tutorials_request() -> None:
    sent = body(RequestMode.COMPLETION)

    assert sent == {
        "model": "gpt-6-luna",
        "prompt": prompt(RequestMode.COMPLETION).text,
        "stop": ["\n"],
        "temperature": 0,
        "max_tokens": 60,
    }
    assert sent["prompt"].endswith("\nHuman: open?\nAI:")


@pytest.mark.parametrize("mode", list(RequestMode))
def test_every_request_can_be_written_as_json(mode: RequestMode) -> None:
    assert json.loads(json.dumps(body(mode, "key"))) == body(mode, "key")


@pytest.mark.parametrize(
    ("mode", "place"),
    [(RequestMode.DECISIONS, "input"), (RequestMode.SCHEMA, "messages"), (RequestMode.CHOICE, "messages")],
)
def test_cache_hints_mark_the_end_of_the_table(mode: RequestMode, place: str) -> None:
    sent = body(mode, "some-key")

    first, last = sent[place]
    assert sent[CACHE_KEY] == "some-key"
    assert first["content"][0][BREAKPOINT] == {"mode": "explicit"}
    assert first["content"][0]["text"] == prompt(mode).messages[0].content
    assert last["content"] == prompt(mode).messages[1].content


def test_without_a_key_there_are_no_cache_hints_and_a_completion_never_has_any() -> None:
    for mode in RequestMode:
        assert BREAKPOINT not in json.dumps(body(mode))
        assert CACHE_KEY not in body(mode)
    assert body(RequestMode.COMPLETION, "key") == body(RequestMode.COMPLETION)


def test_what_was_refused_is_left_out_and_what_needs_it_too() -> None:
    refused = frozenset({"logprobs", BREAKPOINT, "response_format", "messages"})

    left_out = set(body(RequestMode.SCHEMA, "key")) - set(body(RequestMode.SCHEMA, "key", refused))

    assert left_out == {"logprobs", "top_logprobs"}
    assert BREAKPOINT not in json.dumps(body(RequestMode.SCHEMA, "key", refused))


def test_a_decision_brings_its_probabilities() -> None:
    likely = [
        {"value": "17", "probability": 0.7},
        {"value": "0", "probability": 0.2},
        {"value": "1", "probability": 0.1},
    ]
    answer = {"type": "choice", "choice": "17", "confidence": 0.6, "probabilities": likely}

    assert read(RequestMode.DECISIONS, {"answers": [answer]}) == ModelReply(
        entry_id=17, probabilities={17: 0.7, None: 0.2, 1: 0.1}
    )


def test_a_decision_without_a_list_of_probabilities_has_its_confidence() -> None:
    junk = [None, {"value": True, "probability": 0.9}, {"value": "99", "probability": 0.9}, {"value": "1"}]
    answer = {"type": "choice", "choice": "17", "confidence": 0.6, "probabilities": junk}

    assert read(RequestMode.DECISIONS, {"answers": [answer]}) == ModelReply(entry_id=17, probabilities={17: 0.6})


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ({}, Fault.NO_ANSWER),
        ({"answers": []}, Fault.NO_ANSWER),
        ({"answers": ["17"]}, Fault.NO_ANSWER),
        ({"answers": [{"type": "choice", "choice": "1"}] * 2}, Fault.MORE_ANSWERS),
        ({"answers": [{"type": "refusal", "choice": "1"}]}, Fault.REFUSED),
        ({"answers": [{"type": "choice", "choice": True}]}, Fault.WRONG_FORM),
        ({"answers": [{"type": "choice", "choice": 1}]}, Fault.WRONG_FORM),
        ({"answers": [{"type": "score", "choice": "1"}]}, Fault.WRONG_FORM),
        ({"answers": [{"choice": "1"}]}, Fault.WRONG_FORM),
        ({"answers": [{"type": "choice", "choice": "3"}]}, Fault.NOT_OFFERED),
    ],
)
def test_a_decision_without_one_offered_choice_is_none(reply: dict[str, object], fault: Fault) -> None:
    assert fault_of(RequestMode.DECISIONS, reply) is fault


def test_a_schemas_answer_is_read_with_the_probability_of_its_id() -> None:
    tokens = [('{"id":"', 0.0), ("17", -0.5), ('"}', 0.0)]
    logprobs = {"content": [{"token": text, "logprob": logprob, "top_logprobs": []} for text, logprob in tokens]}
    logprobs["content"][1]["top_logprobs"] = [{"token": "17", "logprob": -0.5}, {"token": "2", "logprob": -0.933}]

    assert read(RequestMode.SCHEMA, chat('{"id":"17"}', logprobs=logprobs)).probabilities == pytest.approx(
        {17: 0.6065, 2: 0.3934}, rel=1e-3
    )
    assert read(RequestMode.SCHEMA, chat('{"id":"0"}')) == ModelReply(entry_id=None)


def test_an_id_that_was_written_with_escapes_has_no_probability() -> None:
    text = '{"id":"\\u00317"}'
    logprobs = {"content": [{"token": text, "logprob": -0.5, "top_logprobs": []}]}

    assert read(RequestMode.SCHEMA, chat(text, logprobs=logprobs)) == ModelReply(entry_id=17)


def test_a_choice_is_an_id_alone() -> None:
    assert read(RequestMode.CHOICE, chat(" 2\n")) == ModelReply(entry_id=2)
    assert fault_of(RequestMode.CHOICE, chat('{"id": "2"}')) is Fault.WRONG_FORM
    assert fault_of(RequestMode.SCHEMA, chat("2")) is Fault.WRONG_FORM


@pytest.mark.parametrize(("entry_id", "stored"), [(entry.id, entry.answer) for entry in TABLE.entries])
def test_a_completion_is_a_stored_answer_sign_by_sign(entry_id: int, stored: str) -> None:
    line = escaped_line(stored)

    assert (
        read(RequestMode.COMPLETION, {"choices": [{"text": f" {line} ", "finish_reason": "stop"}]}).entry_id == entry_id
    )


def test_a_completion_may_hand_over() -> None:
    assert read(RequestMode.COMPLETION, {"choices": [{"text": TABLE.policy.fallback}]}) == ModelReply(entry_id=None)


@pytest.mark.parametrize(
    ("choice", "fault"),
    [
        ({"text": "In Leeds, next to the pub"}, Fault.OWN_TEXT),
        ({"text": "In leeds"}, Fault.OWN_TEXT),
        ({"text": "In Leeds\nHuman: and?"}, Fault.OWN_TEXT),
        ({"text": "Clothes\nand shoes"}, Fault.OWN_TEXT),
        ({"text": "17"}, Fault.OWN_TEXT),
        ({"text": "  "}, Fault.EMPTY),
        ({"text": None}, Fault.NO_ANSWER),
        ({"text": "In Leeds", "finish_reason": "length"}, Fault.TOO_SHORT),
    ],
)
def test_a_completion_of_any_other_text_is_no_answer(choice: dict[str, object], fault: Fault) -> None:
    assert fault_of(RequestMode.COMPLETION, {"choices": [choice]}) is fault


@pytest.mark.parametrize(
    ("entries", "modes"),
    [
        (1, list(RequestMode)),
        (254, list(RequestMode)),
        (255, [RequestMode.SCHEMA, RequestMode.CHOICE, RequestMode.COMPLETION]),
        (999, [RequestMode.SCHEMA, RequestMode.CHOICE, RequestMode.COMPLETION]),
        (1_000, [RequestMode.CHOICE, RequestMode.COMPLETION]),
    ],
)
def test_a_table_can_be_too_large_for_a_way(entries: int, modes: list[RequestMode]) -> None:
    assert possible(entries) == modes


def test_the_largest_table_of_each_way_makes_a_request() -> None:
    for mode in RequestMode:
        most = MODE_HANDLERS[mode].most_entries or 2_000
        rows = tuple(Entry(id=i, question=f"q{i}", answer=f"a{i}") for i in range(1, most + 1))
        asked = Prompts(PromptStyle()).of_table(mode, replace(TABLE, entries=rows)).prompt("open?")
        assert MODE_HANDLERS[mode].body(asked, "m", None, frozenset())["model"] == "m"
