"""What is right for a test question, as far as anybody has said."""

from dataclasses import dataclass
from enum import StrEnum


class LabelKind(StrEnum):
    """What a test question expects."""

    ENTRY = "entry"
    """A stored answer."""
    FALLBACK = "fallback"
    """That a person takes over."""
    NONE = "none"
    """Nobody has said; never to be read as the fallback."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a test question expects. ``entry_ids`` are the entries of which any is right, for ``ENTRY`` only."""

    kind: LabelKind
    entry_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind is LabelKind.ENTRY) != bool(self.entry_ids):
            raise ValueError(f"a label of kind {self.kind} cannot have the entries {self.entry_ids}")


TO_FALLBACK = Label(kind=LabelKind.FALLBACK)
UNLABELLED = Label(kind=LabelKind.NONE)
