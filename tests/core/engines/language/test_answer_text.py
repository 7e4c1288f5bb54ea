import pytest

from core.engines.language.answer_text import answer_within
from core.engines.language.replies import BadReply, Fault

ANSWER = '{"id": "17"}'


def within(text: str) -> str:
    start, end = answer_within(text)
    return text[start:end].strip()


@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        f" {ANSWER}\n",
        f"<think>Is it 3?</think>{ANSWER}",
        f"<think>\nIt said </think> itself.\n</think>\n\n{ANSWER}",
        f"It may be 3.\n</think>\n{ANSWER}",
        f"<thinking>x</thinking>{ANSWER}",
        f"[THINK]x[/THINK]{ANSWER}",
        f"◁think▷x◁/think▷{ANSWER}",
        f"<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}<|return|>",
        f"{ANSWER}<|im_end|>",
        f"{ANSWER}\n<|im_end|>\n<|endoftext|>\n",
        f"{ANSWER}</s>",
        f"{ANSWER}<|eot_id|>",
        f"```json\n{ANSWER}\n```",
        f"```\n{ANSWER}\n```\n",
        f"<think>x</think>\n```json\n{ANSWER}\n```<end_of_turn>",
    ],
)
def test_what_stands_round_the_answer_is_passed_over(text: str) -> None:
    assert within(text) == ANSWER


@pytest.mark.parametrize(
    "text", [f"Here you are: {ANSWER}", f"{ANSWER} Anything else?", f"<|im_end|>{ANSWER}", f"```json {ANSWER}", "</s"]
)
def test_anything_else_stays_where_it_is(text: str) -> None:
    assert answer_within(text) == (0, len(text))


@pytest.mark.parametrize("text", ["<think>maybe 17", " <think>maybe 17</think>", "[THINK]17", "<think></think>\n</s>"])
def test_thoughts_alone_are_no_answer(text: str) -> None:
    with pytest.raises(BadReply) as bad:
        answer_within(text)

    assert bad.value.fault is Fault.THOUGHTS


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [" ", "\n", "</s>", "<think>", "</think>", "```\n", "`", "</think> "])
@pytest.mark.parametrize("behind", ["", " ", "</s>", "`\n"])
def test_no_text_takes_long_to_look_through(piece: str, behind: str) -> None:
    """Were the time quadratic in the length, this would not end within the test's time-out."""
    text = "x" + piece * (2_000_000 // len(piece)) + ANSWER + behind * 400_000

    start, end = answer_within(text)

    assert ANSWER in text[start:end]
