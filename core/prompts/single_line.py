"""Puts any text on one line of a prompt, so that nothing in it can pose as a part of the prompt."""

import re

_UNSAFE = re.compile(
    # What ends a line or a cell or begins an escape, whatever cannot be seen or sent, and the prompts' separator.
    r"[\\|\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|\#{3,}"
    # The labels that begin a prompt's lines; those of speakers even at the end of a longer word.
    r"|(?:human|ai|(?<!\w)(?:company|about|question|id))[ ]*:"
    # How servers of open models mark roles: <|im_end|>, </s>, <start_of_turn>, [INST]. Some read these in data too.
    r"|<(?=[a-z/|｜<])|\[(?=/?[a-z_]{3,}\])",
    re.IGNORECASE,
)
_LETTERS = {"\n": "n", "\r": "r", "\t": "t", " ": "s"}
_SIGNS = "\\|#:<["


def escaped_line(text: str) -> str:
    r"""The text on one line, readable, and different for any two texts.

    A line break is written ``\n``, a tab ``\t``, white space at an end ``\s``, other signs that do not show ``\u2028``;
    an empty text is ``\e``. A backslash stands before each ``|``, ``\``, run of ``###``, colon of a label
    (``Human\:``) and opening of a server's own mark (``\<\|im_end\|>``). Everything else stays as it is.

    >>> print(escaped_line("9-5 | Mon\nHuman: hi"))
    9-5 \| Mon\nHuman\: hi
    """
    if not text:
        return r"\e"
    body = text.strip()
    start = len(text) - len(text.lstrip())
    ends = text[:start], text[start + len(body) :]
    before, after = ("".join(map(_escaped, end)) for end in ends)
    return before + _UNSAFE.sub(_replacement, body) + after


def _replacement(found: re.Match[str]) -> str:
    text = found.group()
    if text.endswith(":"):
        return text[:-1] + r"\:"
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character in _SIGNS:
        return "\\" + character
    return "\\" + _LETTERS.get(character, f"u{ord(character):04x}")
