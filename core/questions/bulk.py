"""One change of many rows at once, as unsaved changes: tags, on and off, deletion."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from core.questions.changes import Changes, Fields, changed_fields, edited_entry, new_entry, one_line
from core.questions.entry import Entry

Change = Callable[[Entry], Fields]
"""What becomes of an entry: the fields that it gets."""


def with_tag(tag: str) -> Change:
    """Gives the tag to an entry that does not have it."""
    tag = one_line(tag)
    return lambda entry: {"tags": (*entry.tags, *([tag] if tag not in entry.tags else []))}


def without_tag(tag: str) -> Change:
    """Takes the tag from an entry."""
    tag = one_line(tag)
    return lambda entry: {"tags": tuple(other for other in entry.tags if other != tag)}


def switched(*, on: bool) -> Change:
    """Switches an entry on or off."""
    return lambda _entry: {"enabled": on}


def changed_rows(entries: Mapping[int, Entry], changes: Changes, keys: Collection[int], change: Change) -> Changes:
    """The changes with ``change`` made to these rows as they read now.

    ``entries`` are the stored ones by id; a key is an entry's id, or ``-1 - i`` for the i-th new row of the changes.
    """
    edited = {entry_id: dict(fields) for entry_id, fields in changes.edited.items()}
    added = [dict(fields) for fields in changes.added]
    for key in keys:
        if key < 0:
            entry = new_entry(0, added[-1 - key])
            added[-1 - key] |= changed_fields(entry, change(entry))
        elif key in entries and key not in changes.deleted:
            before = edited.get(key, {})
            fields = {**before, **change(edited_entry(entries[key], before))}
            edited[key] = {name: fields[name] for name in changed_fields(entries[key], fields)}
    return replace(changes, edited={key: fields for key, fields in edited.items() if fields}, added=tuple(added))


def deleted_rows(changes: Changes, keys: Collection[int]) -> Changes:
    """The changes with these rows deleted; keys as in ``changed_rows``."""
    stored = {key for key in keys if key > 0}
    return Changes(
        edited={key: fields for key, fields in changes.edited.items() if key not in stored},
        added=tuple(fields for i, fields in enumerate(changes.added) if -1 - i not in keys),
        deleted=changes.deleted | stored,
    )
