"""When two texts count as the same question, and which texts cannot be stored."""

import re
import unicodedata

ASKED_LIMIT = 4_000
"""Characters of a question that a visitor asks, and so of one that tests the answers: more than 400 words."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_CLOSING = " ?!.…"


def same_question_key(text: str) -> str:
    """A key that is equal for texts that differ only in case, width, spacing or closing punctuation.

    >>> same_question_key("  What are  your hours?") == same_question_key("what are your hours")
    True
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    spaced = " ".join(folded.replace("’", "'").split())
    return spaced.rstrip(_CLOSING) or spaced


def control_character(text: str) -> str | None:
    """The first character of a text that cannot be shown, stored or exported faithfully, as ``U+0007``, or None.

    These are the control characters but tab and line breaks, lone surrogates, and the two non-characters that XML
    refuses. NUL is among them: SQLite and PostgreSQL treat a text that holds one differently.
    """
    found = _CONTROL.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def whole(text: str) -> str:
    """The text with � for each half of a character: half an emoji is left where a paste was cut in the midst of it."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def unusable(text: str, limit: int) -> str | None:
    """Why a text cannot be stored, None when it can: a control character, or more than ``limit`` characters."""
    if found := control_character(text):
        return f"holds the control character {found}: delete it and type the text again."
    if len(text) > limit:
        return f"has {len(text):,} characters; {limit:,} is the limit."
    return None


def shortened(text: str, most: int = 60) -> str:
    """At most so many characters of a text, to name it in a message; what cannot be shown is �."""
    safe = "".join(c if c.isprintable() else "�" for c in text)
    return safe if len(safe) <= most else safe[: most - 3] + "…"
