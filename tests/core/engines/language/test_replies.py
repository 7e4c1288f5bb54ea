import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.engines.language.replies import (
    RAW_LIMIT,
    BadReply,
    BrokenReply,
    Fault,
    id_alone,
    id_in_object,
    message_text,
    only_choice,
    parsed,
    showable,
)
from core.engines.language.server import ServerKey
from core.engines.limiter import ServerStumbles
from core.errors import EngineFailed

OFFERED = {"0": None, "1": 1, "2": 2, "17": 17}


def fault_of(read, *arguments: object) -> Fault:
    with pytest.raises(BadReply) as bad:
        read(*arguments)
    assert str(bad.value) == bad.value.fault.value
    return bad.value.fault


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", Fault.EMPTY_BODY),
        (b" \r\n", Fault.EMPTY_BODY),
        (b"<!doctype html><html></html>", Fault.WEB_PAGE),
        (b'{"choices": [{"mess', Fault.CUT_OFF),
        (b"{", Fault.CUT_OFF),
        (b"OK", Fault.NO_REPLY),
        (b"[1]", Fault.NO_REPLY),
        (b'"17"', Fault.NO_REPLY),
        (b"null", Fault.NO_REPLY),
        (b"\xff\xfe{", Fault.NO_REPLY),
        (b"[" * 100_000, Fault.NO_REPLY),
        (b'{"a":' * 100_000, Fault.CUT_OFF),
        (b'{"n": ' + b"9" * 5_000 + b"}", Fault.CUT_OFF),
    ],
)
def test_a_body_that_is_no_reply_says_what_it_is(body: bytes, fault: Fault) -> None:
    assert fault_of(parsed, body) is fault


def test_what_broke_on_its_way_may_be_tried_again_and_what_the_model_wrote_may_not() -> None:
    with pytest.raises(ServerStumbles):
        parsed(b"")
    with pytest.raises(BadReply) as bad:
        id_alone("hello", OFFERED)

    assert issubclass(BrokenReply, EngineFailed)
    assert not isinstance(bad.value, ServerStumbles)


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ({}, Fault.NO_ANSWER),
        ({"choices": None}, Fault.NO_ANSWER),
        ({"choices": []}, Fault.NO_ANSWER),
        ({"choices": {}}, Fault.NO_ANSWER),
        ({"choices": [None]}, Fault.NO_ANSWER),
        ({"choices": [{}, {}]}, Fault.MORE_ANSWERS),
        ({"choices": [{"finish_reason": "length"}]}, Fault.TOO_SHORT),
        ({"choices": [{"finish_reason": "content_filter"}]}, Fault.FILTERED),
        ({"choices": [{"finish_reason": "tool_calls"}]}, Fault.WRONG_FORM),
    ],
)
def test_a_reply_without_one_finished_answer_is_none(reply: dict[str, object], fault: Fault) -> None:
    assert fault_of(only_choice, reply) is fault


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (None, Fault.NO_ANSWER),
        ("17", Fault.NO_ANSWER),
        ({"content": None, "refusal": "I can't."}, Fault.REFUSED),
        ({"content": "17", "refusal": "I can't."}, Fault.REFUSED),
        ({"content": None}, Fault.EMPTY),
        ({"content": " \n"}, Fault.EMPTY),
        ({}, Fault.EMPTY),
        ({"content": None, "reasoning_content": "Maybe 17."}, Fault.THOUGHTS),
        ({"content": "", "reasoning": "Maybe 17."}, Fault.THOUGHTS),
        ({"content": []}, Fault.EMPTY),
        ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "17"}]}]}, Fault.EMPTY),
        ({"content": [{"type": "refusal", "refusal": "No."}]}, Fault.REFUSED),
        ({"content": [{"type": "image", "text": "17"}]}, Fault.WRONG_FORM),
        ({"content": [{"type": "text", "text": 17}]}, Fault.WRONG_FORM),
        ({"content": ["17"]}, Fault.WRONG_FORM),
        ({"content": 17}, Fault.WRONG_FORM),
    ],
)
def test_a_message_without_text_is_no_answer(message: object, fault: Fault) -> None:
    assert fault_of(message_text, {"message": message}) is fault


@pytest.mark.parametrize("text", ["17", " 17", "17\n", "\t17 \r\n"])
def test_an_offered_id_is_read_with_white_space_around_it(text: str) -> None:
    assert id_alone(text, OFFERED) == "17"


@pytest.mark.parametrize("text", ['{"id": "17"}', ' {"id":"17"}\n', '{\n  "id" : "17"\n}', '{"\\u0069d": "\\u00317"}'])
def test_an_offered_id_is_read_from_its_object(text: str) -> None:
    assert id_in_object(text, OFFERED) == "17"


NEITHER = [
    ("We are open all night!", Fault.OWN_TEXT),
    ("The id is 17", Fault.OWN_TEXT),
    ("Ｓeventeen", Fault.OWN_TEXT),
    ("1, 2", Fault.SEVERAL),
    ("1\n2", Fault.SEVERAL),
    ("１７", Fault.OTHER_DIGITS),
    ("١٧", Fault.OTHER_DIGITS),
    ("999", Fault.NOT_OFFERED),
    ("017", Fault.NOT_OFFERED),
    ("17.", Fault.WRONG_FORM),
    ("-1", Fault.WRONG_FORM),
    ("+1", Fault.WRONG_FORM),
    ("1_7", Fault.SEVERAL),
    ("\u00a017", Fault.WRONG_FORM),
    ("17\u200b", Fault.WRONG_FORM),
    ("17\x00", Fault.WRONG_FORM),
    ("¹", Fault.OWN_TEXT),
    ("", Fault.EMPTY),
    ("…", Fault.WRONG_FORM),
    ("None", Fault.OWN_TEXT),
]


@pytest.mark.parametrize(("text", "fault"), NEITHER)
def test_a_text_that_is_no_offered_id_says_what_is_wrong_with_it(text: str, fault: Fault) -> None:
    assert fault_of(id_alone, text, OFFERED) is fault


@pytest.mark.parametrize(("text", "fault"), NEITHER)
def test_an_object_with_such_a_text_says_the_same(text: str, fault: Fault) -> None:
    assert fault_of(id_in_object, json.dumps({"id": text}), OFFERED) is fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("17", Fault.WRONG_FORM),
        ('"17"', Fault.WRONG_FORM),
        ('{"id": 17}', Fault.WRONG_FORM),
        ('{"id": true}', Fault.WRONG_FORM),
        ('{"id": null}', Fault.WRONG_FORM),
        ('{"id": {"id": "17"}}', Fault.WRONG_FORM),
        ('{"id": ["17"]}', Fault.WRONG_FORM),
        ('{"id": ["1", "17"]}', Fault.SEVERAL),
        ('{"id": "1", "id": "17"}', Fault.SEVERAL),
        ('{"id": "1"} {"id": "17"}', Fault.SEVERAL),
        ('{"id": "17", "text": "Come in"}', Fault.WRONG_FORM),
        ('{"Id": "17"}', Fault.WRONG_FORM),
        ("{}", Fault.WRONG_FORM),
        ("[]", Fault.WRONG_FORM),
        ('{"id": "17', Fault.WRONG_FORM),
        ('Here you are: {"id": "17"}', Fault.OWN_TEXT),
        ("[" * 100_000, Fault.WRONG_FORM),
    ],
)
def test_an_object_of_another_form_is_no_answer(text: str, fault: Fault) -> None:
    assert fault_of(id_in_object, text, OFFERED) is fault


LOOKALIKES = st.text(alphabet="0127 \n\t\"{}[]:,id'１٧\u200b\x00", max_size=14)


@given(LOOKALIKES | st.text(max_size=20))
@example("0")
def test_nothing_but_an_offered_id_is_ever_read(text: str) -> None:
    for read in (id_alone, id_in_object):
        try:
            found = read(text, OFFERED)
        except BadReply:
            continue
        assert found in OFFERED
        assert "".join(c for c in text if c not in ' \t\r\n{}":id') == found


def test_a_reply_is_shown_without_the_key_and_without_signs_that_cannot_be_stored() -> None:
    key = ServerKey("sk-secret-17")
    body = b"before sk-secret-17 after \x00\x1b\xff end\n"

    assert showable(body, key) == "before ••• after ��� end\n"
    assert len(showable(b"x" * 100_000, key)) == RAW_LIMIT


def test_a_key_at_the_end_of_what_is_shown_is_not_shown_in_part() -> None:
    key = ServerKey("sk-secret-17")

    found = showable(b"x" * (RAW_LIMIT - 6) + b"sk-secret-17" + b"y" * 100, key)

    assert "sk-" not in found


def test_each_fault_has_its_own_words() -> None:
    assert len({fault.value for fault in Fault}) == len(Fault)
