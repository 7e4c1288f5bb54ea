"""How a text of unknown length and content is quoted in a message."""


def quoted(text: str, limit: int = 80) -> str:
    """The text in quotation marks, on one line, at most ``limit`` characters of it, odd characters as �.

    >>> quoted("What are\\nyour hours?", 12)
    '“What are yo…”'
    """
    line = "".join(c if c.isprintable() else "�" for c in " ".join(text[: 4 * limit].split()))
    return f"“{line}”" if len(line) <= limit and len(text) <= 4 * limit else f"“{line[: limit - 1]}…”"
