"""The meaning of a label in a word, as programs and the command line write it."""

from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind

PERSON, NOTHING = "person", "none"


def meaning_of(text: str) -> Label | None:
    """A meaning in a word: the number of an entry, "person" or "none"; None for anything else."""
    word = text.strip().casefold()
    if word == PERSON:
        return TO_FALLBACK
    if word == NOTHING:
        return UNLABELLED
    is_number = word.isascii() and word.isdecimal() and len(word) < 10 and int(word) > 0
    return Label(kind=LabelKind.ENTRY, entry_ids=(int(word),)) if is_number else None
