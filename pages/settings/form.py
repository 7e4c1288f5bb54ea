"""One run of the Settings page's fields: what they begin with, and what is entered in them now."""

import functools
from dataclasses import dataclass
from typing import Any

from core.bootstrap import frontline
from core.questions.policy import OWN_SERVER, Policy, Style
from core.questions.policy_fields import POLICY_LABELS, changed, value, with_values
from pages.settings.field_values import read, shown
from pages.settings.unsaved_settings import OpenedSettings
from pages.shell import session

ALWAYS = frozenset({"fallback", "strictness", "promise", "engine"})
"""The fields that every engine uses."""
OF_OWN_SERVER = frozenset({"base_url", "model"})
"""Those of the org's own model server; all others concern any model server."""


@dataclass(frozen=True)
class Form:
    """The tabs draw their fields with it; what these hold is read from the session, whichever tab is open.

    A field that the chosen engine does not use stays as it is stored.
    """

    sheet: OpenedSettings
    may_change: bool

    @property
    def org_id(self) -> str:
        """The org whose settings these are."""
        return self.sheet.org_id

    @functools.cached_property
    def entered(self) -> dict[str, Any]:
        """The value of each setting, by name, as it is in the fields now."""
        return {name: self._entered(name) for name in POLICY_LABELS}

    def start(self, name: str) -> Any:  # noqa: ANN401 - each field has its own type
        """What the field of this name begins with."""
        return value(self.sheet.filled, name)

    def options(self, name: str) -> dict[str, Any]:
        """What the widgets of all fields have in common.

        What is entered survives another page, another tab of this one, and a section that is hidden for a while.
        """
        key = self.sheet.key(name)
        session.seed(key, shown(name, self.start(name)))
        return {"key": key, "disabled": not self.may_change, "persist_state": "session"}

    def hint(self, text: str) -> str:
        """An example for an empty field; none where it could be taken for what is set."""
        return f"For example: {text}" if self.may_change else ""

    @property
    def has_own_server(self) -> bool:
        """Whether the chosen engine asks the org's own model server."""
        return self.entered["engine"] in OWN_SERVER

    @property
    def asks_a_server(self) -> bool:
        """Whether the chosen engine is a model server, and so has a prompt and limits."""
        return frontline().engines.asks_a_server(self.entered["engine"])

    @functools.cached_property
    def policy(self) -> Policy:
        """The settings as they are entered."""
        return with_values(self.sheet.stored, {name: self.entered[name] for name in POLICY_LABELS if self._used(name)})

    @property
    def unsaved(self) -> list[str]:
        """The names of the fields that differ from what is stored."""
        return changed(self.sheet.stored, self.policy)

    def _entered(self, name: str) -> Any:  # noqa: ANN401 - each field has its own type
        key, start = self.sheet.key(name), self.start(name)
        if not self.may_change or not session.has(key):
            return start
        if session.widget(key) == shown(name, start):
            return start  # as it is stored, to the last decimal
        held = read(name, session.widget(key))
        if name == "promise":
            return (self.sheet.stored.promise or self.sheet.filled.promise) if held else None
        return held

    def _used(self, name: str) -> bool:
        if name in ALWAYS:
            return True
        if name in OF_OWN_SERVER:
            return self.has_own_server
        return self.asks_a_server and (name != "examples" or self.entered["style"] is Style.COMPANIES)
