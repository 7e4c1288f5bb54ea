"""How a file of test questions is understood beyond what it says: kept with the dataset, used for its next file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from core.datasets.columns import ColumnMapping, ExpectedKind
from core.datasets.labels import Label, LabelKind
from core.files.table import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Understanding:
    """What the columns are taken for, None where nobody has said, and what labels mean, by their ``value_key``.

    Of a label that means an entry the one id is that of the entry that somebody chose. ``known`` are the entries that
    texts of earlier files named, so that a row is not lost when its entry is gone and nothing stored reads so any more.
    """

    mapping: ColumnMapping | None = None
    labels: Mapping[str, Label] = field(default_factory=dict, hash=False)
    known: Mapping[str, int] = field(default_factory=dict, hash=False)

    def mapping_of(self, table: Table, recognised: ColumnMapping) -> ColumnMapping:
        """What the columns of a table are taken for: as is kept, where the table has them all, else as recognised."""
        kept = self.mapping
        if kept is None or not set(kept.columns().values()) <= set(table.columns):
            return recognised
        return replace(kept, ignored=tuple(column for column in kept.ignored if column in table.columns))

    def then(self, later: "Understanding") -> "Understanding":
        """The two together; where they differ the later one counts."""
        return Understanding(
            mapping=later.mapping or self.mapping,
            labels={**self.labels, **later.labels},
            known={**self.known, **later.known},
        )

    def without(self, labels: Collection[str]) -> "Understanding":
        """The same, but that nothing is said of these labels: somebody took back what was said before."""
        return replace(self, labels={key: label for key, label in self.labels.items() if key not in labels})

    def as_json(self) -> dict[str, Any]:
        """What a database keeps."""
        mapping = {one.name: getattr(self.mapping, one.name) for one in fields(ColumnMapping)} if self.mapping else None
        labels = {key: {"kind": label.kind.value, "ids": list(label.entry_ids)} for key, label in self.labels.items()}
        return {"mapping": mapping, "labels": labels, "known": dict(self.known)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> "Understanding":
        """What a database has kept; nothing for None."""
        if not kept:
            return cls()
        columns = kept.get("mapping")
        if columns is not None:
            kind = next(kind for kind in ExpectedKind if kind.value == columns["expected_kind"])
            columns = ColumnMapping(**{**columns, "expected_kind": kind, "ignored": tuple(columns["ignored"])})
        labels = {
            key: Label(kind=LabelKind(one["kind"]), entry_ids=tuple(one["ids"])) for key, one in kept["labels"].items()
        }
        return cls(mapping=columns, labels=labels, known=kept.get("known") or {})


NOTHING_SAID = Understanding()
