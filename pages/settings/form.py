"""One run of the Settings page's fields: what they begin with, and what is entered in them now."""

from dataclasses import dataclass, field
from typing import Any

from core.questions.policy import Policy
from core.questions.policy_fields import changed, value, with_values
from pages.settings.unsaved_settings import OpenedSettings
from pages.shell import session

_AS_IT_IS = object()


@dataclass(frozen=True, kw_only=True)
class Form:
    """The sections draw their fields with it, and put into it what these hold.

    A field that no section draws, because the chosen engine does not use it, stays as it is stored.
    """

    sheet: OpenedSettings
    may_change: bool
    entered: dict[str, Any] = field(default_factory=dict)

    @property
    def org_id(self) -> str:
        """The org whose settings these are."""
        return self.sheet.org_id

    def start(self, name: str) -> Any:  # noqa: ANN401 - each field has its own type
        """What the field of this name begins with."""
        return value(self.sheet.filled, name)

    def options(self, name: str, start: object = _AS_IT_IS) -> dict[str, Any]:
        """What the widgets of all fields have in common; ``start`` where the widget's value differs from the field's.

        What is entered survives another page, and a section that is hidden for a while.
        """
        key = self.sheet.key(name)
        session.seed(key, self.start(name) if start is _AS_IT_IS else start)
        return {"key": key, "disabled": not self.may_change, "persist_state": "session"}

    def hint(self, text: str) -> str:
        """An example for an empty field; none where it could be taken for what is set."""
        return f"For example: {text}" if self.may_change else ""

    def put(self, name: str, entered: object) -> None:
        """Take what a field holds now."""
        self.entered[name] = entered

    @property
    def policy(self) -> Policy:
        """The settings as they are entered."""
        return with_values(self.sheet.stored, self.entered)

    @property
    def unsaved(self) -> list[str]:
        """The names of the fields that differ from what is stored."""
        return changed(self.sheet.stored, self.policy)
