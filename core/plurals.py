"""How many of something, in words: "1 question", "2,000 questions"."""


def counted(number: int, one: str, several: str | None = None) -> str:
    """A number and its noun, which gets an s where it needs one, or is ``several`` then.

    >>> counted(1, "question"), counted(2000, "question"), counted(0, "entry", "entries")
    ('1 question', '2,000 questions', '0 entries')
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"
