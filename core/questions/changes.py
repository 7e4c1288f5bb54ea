"""What an editor changed since the revision that was shown, by entry id and never by position."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.questions.entry import Entry
from core.questions.text import whole

Fields = Mapping[str, Any]
"""Values by field name (question, answer, alternates, tags, enabled) as an editor or a file gave them."""

FIELD_NAMES = ("question", "answer", "alternates", "tags", "enabled")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Edits of entries, new entries, and deletions; nothing else of the table is touched.

    ``edited`` holds, for each entry id, only the fields that differ; ``added`` the fields of new entries in order.
    """

    edited: Mapping[int, Fields] = field(default_factory=dict)
    added: Sequence[Fields] = ()
    deleted: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.edited or self.added or self.deleted)

    def __len__(self) -> int:
        return len(self.edited) + len(self.added) + len(self.deleted)

    def without(self, entry_ids: Iterable[int]) -> "Changes":
        """The same changes but for those of these entries."""
        dropped = set(entry_ids)
        return Changes(
            edited={entry_id: fields for entry_id, fields in self.edited.items() if entry_id not in dropped},
            added=self.added,
            deleted=self.deleted - dropped,
        )

    def without_cells(self, cells: Collection[tuple[int, str]]) -> "Changes":
        """The same changes but for those of these cells, each a row's key and a field.

        A key is an entry's id, or ``-1 - i`` for the i-th new entry, which goes when nothing of it is left; with a
        deleted entry the field does not matter.
        """
        keys = {key for key, _ in cells}
        edited = {key: _but(fields, key, cells) for key, fields in self.edited.items()}
        added = {-1 - i: _but(fields, -1 - i, cells) for i, fields in enumerate(self.added)}
        return Changes(
            edited={key: fields for key, fields in edited.items() if fields},
            added=tuple(fields for key, fields in added.items() if key not in keys or holds_text(fields)),
            deleted=self.deleted - keys,
        )

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold; ``from_json`` reads it back."""
        return {
            "edited": {str(entry_id): _plain(fields) for entry_id, fields in self.edited.items()},
            "added": [_plain(fields) for fields in self.added],
            "deleted": sorted(self.deleted),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Changes":
        """What ``as_json`` gave; in drafts of earlier versions a cell may hold half a character."""
        return cls(
            edited={int(entry_id): _whole(fields) for entry_id, fields in data["edited"].items()},
            added=tuple(_whole(fields) for fields in data["added"]),
            deleted=frozenset(data["deleted"]),
        )


def holds_text(fields: Fields) -> bool:
    """Whether there is anything in these fields but the switch: else they make no new entry."""
    return any(fields.get(name) for name in FIELD_NAMES if name != "enabled")


def _but(fields: Fields, key: int, cells: Collection[tuple[int, str]]) -> Fields:
    return {name: value for name, value in fields.items() if (key, name) not in cells}


def _whole(fields: Fields) -> dict[str, Any]:
    return {
        name: whole(value) if isinstance(value, str) else [*map(whole, value)] if isinstance(value, list) else value
        for name, value in fields.items()
    }


def _plain(fields: Fields) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def cleaned(fields: Fields) -> dict[str, Any]:
    """Fields as they are stored: one-line texts without surplus white space, no empty or repeated chips.

    An answer is kept character for character, because visitors get it word for word.
    """
    result: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "answer":
            result[name] = "" if value is None else str(value)
        elif name == "enabled":
            result[name] = True if value is None else bool(value)
        elif name == "question":
            result[name] = one_line(value)
        elif name in FIELD_NAMES:
            result[name] = tuple(dict.fromkeys(text for text in map(one_line, value or ()) if text))
    return result


def one_line(value: object) -> str:
    """A text on one line, without white space around it or repeated in it."""
    return "" if value is None else " ".join(str(value).split())


def edited_entry(entry: Entry, fields: Fields) -> Entry:
    """The entry with these fields changed."""
    return replace(entry, **cleaned(fields))


def new_entry(entry_id: int, fields: Fields) -> Entry:
    """A new entry of these fields; what is missing is empty, and it is enabled unless said otherwise."""
    return Entry(id=entry_id, **{"question": "", "answer": "", **cleaned(fields)})


def changed_fields(entry: Entry, fields: Fields) -> dict[str, Any]:
    """Only those fields, cleaned, that differ from the entry."""
    return {name: value for name, value in cleaned(fields).items() if getattr(entry, name) != value}


def applied(entries: Iterable[Entry], changes: Changes, first_new_id: int) -> list[Entry]:
    """The table after the changes, new entries last, numbered from ``first_new_id``."""
    kept = [
        edited_entry(entry, changes.edited[entry.id]) if entry.id in changes.edited else entry
        for entry in entries
        if entry.id not in changes.deleted
    ]
    return kept + [new_entry(first_new_id + offset, fields) for offset, fields in enumerate(changes.added)]
