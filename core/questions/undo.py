"""The steps in which unsaved changes came about, to go back and forth in."""

from dataclasses import dataclass, field, replace

from core.questions.changes import Changes

MOST_STEPS = 100
MOST_ROWS = 50_000
"""So many changed rows are kept at most, all steps together: a step may touch every entry of a large table."""


@dataclass(frozen=True, kw_only=True)
class UndoHistory:
    """Unsaved changes of revision ``base_revision``, what they were before, and what was undone.

    ``past`` ends with the step before ``present``; ``future`` begins with the step that was undone last.
    """

    base_revision: int
    present: Changes = field(default_factory=Changes)
    past: tuple[Changes, ...] = ()
    future: tuple[Changes, ...] = ()

    def then(self, base_revision: int, changes: Changes) -> "UndoHistory":
        """With these changes as the newest step; steps on another revision would mean other texts, and are dropped."""
        if base_revision != self.base_revision:
            return UndoHistory(base_revision=base_revision, present=changes)
        if changes == self.present:
            return self
        return replace(self, present=changes, past=_bounded((*self.past, self.present)), future=())

    def undone(self) -> "UndoHistory":
        """One step back; the same where there is none."""
        if not self.past:
            return self
        *past, present = self.past
        return replace(self, present=present, past=tuple(past), future=(self.present, *self.future))

    def redone(self) -> "UndoHistory":
        """One undone step forth again; the same where there is none."""
        if not self.future:
            return self
        present, *future = self.future
        return replace(self, present=present, past=(*self.past, self.present), future=tuple(future))


def _bounded(steps: tuple[Changes, ...]) -> tuple[Changes, ...]:
    """The newest steps that fit, at least one."""
    rows = 0
    for count, step in enumerate(reversed(steps)):
        rows += len(step)
        if count and (count == MOST_STEPS or rows > MOST_ROWS):
            return steps[-count:]
    return steps
