"""What an organisation has to hold after a sequence of steps, in plain Python."""

from dataclasses import dataclass, field

from core.datasets.formats.recognised import RecognisedFile
from core.identity.principal import Principal
from core.questions.policy import Policy
from core.runs.ledger import Status


@dataclass
class Saved:
    """What an org's newest revision, or an earlier one, has to hold: answers by entry id, and the fallback."""

    answers: dict[int, str]
    fallback: str

    def changed(self, *, fallback: str | None = None, answers: dict[int, str] | None = None) -> "Saved":
        return Saved({**self.answers, **(answers or {})}, fallback or self.fallback)


@dataclass
class Org:
    """The model of one org."""

    org_id: str
    word: str
    file: RecognisedFile
    revisions: list[Saved] = field(default_factory=lambda: [Saved({}, Policy().fallback)])
    used_ids: int = 0
    changed_in: dict[int, int] = field(default_factory=dict)
    """The revision in which each entry that is there got its text."""
    drafts: dict[str, str] = field(default_factory=dict)
    runs: dict[str, tuple[Principal, Status]] = field(default_factory=dict)
    key_by: str | None = None
    shared: str | None = None

    @property
    def newest(self) -> int:
        return len(self.revisions) - 1

    def now(self) -> Saved:
        return self.revisions[-1]

    def save(self, saved: Saved) -> None:
        before = self.now().answers
        self.revisions.append(saved)
        changed = {i for i, answer in saved.answers.items() if before.get(i) != answer}
        kept = {i: since for i, since in self.changed_in.items() if i in saved.answers}
        self.changed_in = {**kept, **dict.fromkeys(changed, self.newest)}
