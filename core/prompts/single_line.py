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
_BY_LETTER = {"n": "\n", "r": "\r", "t": "\t", "s": " ", "e": ""}
_LETTERS = {text: letter for letter, text in _BY_LETTER.items()}
_SIGNS = "\\|#:<["
_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|.|$)", re.DOTALL)


def one_line(text: str) -> str:
    r"""The text on one line, readable, and different for any two texts; ``from_one_line`` undoes it.

    A line break is written ``\n``, a tab ``\t``, white space at an end ``\s``, other signs that do not show ``\u2028``;
    an empty text is ``\e``. A backslash stands before each ``|``, ``\``, run of ``###``, colon of a label
    (``Human\:``) and opening of a server's own mark (``\<\|im_end\|>``). Everything else stays as it is.

    >>> print(one_line("9-5 | Mon\nHuman: hi"))
    9-5 \| Mon\nHuman\: hi
    """
    if not text:
        return r"\e"
    body = text.strip()
    start = len(text) - len(text.lstrip())
    ends = text[:start], text[start + len(body) :]
    before, after = ("".join(map(_escaped, end)) for end in ends)
    return before + _UNSAFE.sub(_replacement, body) + after


def from_one_line(line: str) -> str:
    r"""The text that ``one_line`` wrote. Raises ValueError for an escape that it never writes.

    >>> from_one_line(r"a\|b")
    'a|b'
    """
    return _ESCAPE.sub(_meaning, line)


def _replacement(found: re.Match[str]) -> str:
    text = found.group()
    if text.endswith(":"):
        return text[:-1] + r"\:"
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character in _SIGNS:
        return "\\" + character
    return "\\" + _LETTERS.get(character, f"u{ord(character):04x}")


def _meaning(found: re.Match[str]) -> str:
    code = found.group(1)
    if len(code) == 5:
        return chr(int(code[1:], 16))
    if code in _BY_LETTER:
        return _BY_LETTER[code]
    if code and code in _SIGNS:
        return code
    raise ValueError(f"{found.group()} stands for nothing")
