"""Finds the answer in a model's text: some servers leave its thoughts before it, and tokens of its end behind it."""

import re

from core.engines.language.replies import BadReply, Fault

_THINKING = re.compile(
    r"\s*(?:<(?:think|thinking|thought|reasoning|seed:think)>|\[THINK\]|◁think▷|<\|channel\|>analysis)"
)
_THOUGHT = re.compile(
    r".*(?:</(?:think|thinking|thought|reasoning|seed:think)>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>)",
    re.DOTALL,
)
_ENDS_OF_TEXT = (
    *("<|im_end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|return|>", "<|eot|>"),
    *("</s>", "<eos>", "<end_of_turn>"),
)
_MOST_ENDS = 4
_FENCED = re.compile(r"\s*```[a-z]*[ \t]*\n(?P<inside>[^`]*)\n[ \t]*```\s*\Z")


def answer_within(text: str) -> tuple[int, int]:
    """Where in a text the answer stands: after the model's thoughts, within a code fence, before its end-of-text token.

    What stands there may be anything, and is read as strictly as before. Raises BadReply when there are thoughts alone.
    """
    start, end = 0, len(text)
    thought = _THOUGHT.match(text)
    if thought is None and _THINKING.match(text):
        raise BadReply(Fault.THOUGHTS)
    if thought is not None:
        start = thought.end()
    for _ in range(_MOST_ENDS):
        if (token := _end_of_text(text[start:end])) is not None:
            end = text.rindex(token, start, end)
    if thought is not None and not text[start:end].strip():
        raise BadReply(Fault.THOUGHTS)
    if (fenced := _FENCED.match(text, start, end)) is not None:
        return fenced.span("inside")
    return start, end


def _end_of_text(text: str) -> str | None:
    """The end-of-text token that a text ends in: some servers let it through."""
    bare = text.rstrip(" \t\r\n")
    return next((token for token in _ENDS_OF_TEXT if bare.endswith(token)), None)
