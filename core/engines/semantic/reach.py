"""What the built-in engine can read, and what would let it read more, in words for people."""

from core.engines.protocol import Unread
from core.engines.semantic import multilingual
from core.engines.semantic.known_words import LANGUAGES

_STORED_ONLY = "It gives an answer only where the very same text is stored as a phrasing."


def languages() -> str:
    """Which languages it reads, to be put after "reads"."""
    if multilingual.is_installed():
        return f"{LANGUAGES}, and about a hundred other languages with {multilingual.NAME}"
    return f"{LANGUAGES} only"


def remedy() -> str:
    """What to do for other languages; says so too when nothing more can be installed."""
    if multilingual.is_installed():
        return "For what it cannot read, an owner can choose a model server under Settings."
    return (
        "For other languages, the person who runs Frontline can install a second model, and start Frontline again: "
        f"`{multilingual.INSTALL_COMMAND}`. Or an owner can choose a model server under Settings."
    )


def why_entries_are_unread() -> str:
    """Why a table has entries that it cannot read, and what to do about it."""
    return (
        f"Frontline’s built-in engine reads {languages()}. It finds these entries only where a visitor writes the very "
        f"text of a phrasing. {remedy()}"
    )


def why_unread(unread: Unread) -> str:
    """Why a person takes over, and what to do about it."""
    if unread is Unread.TABLE:
        return (
            f"Frontline’s built-in engine reads {languages()}, and no stored question is in a language or script that "
            f"it knows. {remedy()}"
        )
    if multilingual.is_installed():
        return (
            "Frontline’s built-in engine finds no words in this text, or none in a language or script that it knows. "
            f"{_STORED_ONLY}"
        )
    return (
        f"Frontline’s built-in engine reads {LANGUAGES} only. It does not know this language, script or emoji. "
        f"{_STORED_ONLY} {remedy()}"
    )
