"""When two texts count as the same question."""

import re
import unicodedata


def same_question_key(text: str) -> str:
    """A key that is equal for texts that differ only in case, width, spacing or closing punctuation.

    >>> same_question_key("  What are  your hours?") == same_question_key("what are your hours")
    True
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    spaced = " ".join(folded.replace("’", "'").split())
    return re.sub(r"[\s?!.…]+$", "", spaced) or spaced
