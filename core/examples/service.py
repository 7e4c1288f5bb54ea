"""What people do with example companies: see which there are, share their own table's entries, stop that."""

import uuid
from collections.abc import Collection, Sequence

from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock, now
from core.errors import FrontlineError
from core.examples.copying import copied
from core.examples.example import SHIPPED_BY_ID, SHIPS, YOURS, Example, ExampleStore, OwnExample, StoredExample
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.plurals import counted
from core.prompts.companies import ExampleCompany
from core.questions.store import QuestionStore


class Examples:
    """The use cases on example companies. Each but ``companies`` checks the person's permission first.

    An example comes with Frontline, or it is a copy that an owner shared on purpose. Nothing here reads the table of
    another org than the person's.
    """

    def __init__(
        self,
        *,
        access: Access,
        store: ExampleStore,
        questions: QuestionStore,
        clock: Clock = now,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._questions = questions
        self._clock = clock
        self._audit = audit or NoAudit()

    def available(self, principal: Principal, org_id: str) -> list[Example]:
        """Every example that this org may choose: those that ship first, then the shared ones by name."""
        self._access.require(principal, org_id, Permission.VIEW)
        shipped = [_example(example_id, company, SHIPS) for example_id, company in SHIPPED_BY_ID.items()]
        return shipped + [
            _example(
                each.example_id, each.company, YOURS if each.org_id == org_id else f"shared by {each.company.name}"
            )
            for each in self._store.all_shared()
        ]

    def companies(self, example_ids: Sequence[str]) -> tuple[ExampleCompany, ...]:
        """The example companies with these ids that still exist, in the order given, each once.

        For engines, which act for no person: whatever this gives, every org may see.
        """
        wanted = dict.fromkeys(example_ids)
        shared_ids = [example_id for example_id in wanted if example_id not in SHIPPED_BY_ID]
        found = {**SHIPPED_BY_ID, **(self._store.with_ids(shared_ids) if shared_ids else {})}
        return tuple(found[example_id] for example_id in wanted if example_id in found)

    def shared(self, principal: Principal, org_id: str) -> OwnExample | None:
        """What this org shares, with who shared it and when; for its owners."""
        self._access.require(principal, org_id, Permission.MANAGE)
        kept = self._store.shared_by(org_id)
        return _own(kept) if kept else None

    def preview(
        self,
        principal: Principal,
        org_id: str,
        *,
        name: str,
        entry_ids: Collection[int],
        with_negatives: bool,
        revision: int | None = None,
    ) -> ExampleCompany:
        """Exactly what ``share`` would make visible to every org, without sharing it.

        Raises as ``share`` does.
        """
        self._access.require(principal, org_id, Permission.MANAGE)
        return self._copied(org_id, name, entry_ids, with_negatives, revision)

    def share(
        self,
        principal: Principal,
        org_id: str,
        *,
        name: str,
        entry_ids: Collection[int],
        with_negatives: bool,
        revision: int | None = None,
    ) -> OwnExample:
        """Let every org of this installation use a copy of these entries, in place of what was shared before.

        The entries are those of the newest revision that visitors can get; ``revision`` is the one whose texts the
        person has seen, by default whichever is the newest. ``with_negatives`` copies the org's examples of questions
        for a person as well. Later changes of the table do not change the copy; orgs that chose the example before
        have the new copy from now on.

        Raises InvalidInput when nothing can be shared so (see ``copied``), and FrontlineError when the table was
        changed since ``revision``: nobody shares a text unseen.
        """
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)
        company = self._copied(org_id, name, entry_ids, with_negatives, revision)
        kept = self._store.keep(
            StoredExample(
                org_id=org_id,
                example_id=f"shared:{uuid.uuid4().hex}",
                company=company,
                author_id=principal.user_id,
                author=principal.name,
                at=self._clock(),
            )
        )
        entries = counted(len(company.entries), "entry", "entries")
        self._audit.record(principal, org_id, EventKind.SHARED, f"“{company.name}”, {entries}")
        return _own(kept)

    def unshare(self, principal: Principal, org_id: str) -> None:
        """Stop sharing: no org has the example from now on. Does nothing when nothing is shared."""
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)
        kept = self._store.shared_by(org_id)
        self._store.drop(org_id)
        if kept:
            self._audit.record(principal, org_id, EventKind.STOPPED_SHARING, f"“{kept.company.name}”")

    def _copied(
        self, org_id: str, name: str, entry_ids: Collection[int], with_negatives: bool, revision: int | None
    ) -> ExampleCompany:
        published = self._questions.newest(org_id)
        if revision is not None and published.revision != revision:
            raise FrontlineError(
                f"The questions and answers were changed meanwhile (revision {revision} → {published.revision}). "
                "Nothing was shared. Look at what others would see, then share again."
            )
        others = [each.company.name for each in self._store.all_shared() if each.org_id != org_id]
        shipped = [company.name for company in SHIPPED_BY_ID.values()]
        return copied(
            published, name=name, entry_ids=entry_ids, with_negatives=with_negatives, taken_names=[*shipped, *others]
        )


def _example(example_id: str, company: ExampleCompany, whose: str) -> Example:
    return Example(
        example_id=example_id, name=company.name, whose=whose, entries=company.entries, negatives=company.negatives
    )


def _own(kept: StoredExample) -> OwnExample:
    return OwnExample(
        example_id=kept.example_id,
        name=kept.company.name,
        whose=YOURS,
        entries=kept.company.entries,
        negatives=kept.company.negatives,
        author=kept.author,
        at=kept.at,
    )
