"""What is different between two states of the table, entry by entry, changed texts by the word."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.plurals import counted
from core.questions.checks import LABELS
from core.questions.entry import Entry
from core.questions.policy import Policy
from core.questions.policy_fields import POLICY_LABELS, changed, value
from core.questions.revisions import Snapshot
from core.questions.word_difference import Part, word_difference
from pages.questions.editor import review
from pages.settings.words import said

SHOWN = 200
"""Lines at once: the browser gets slow with thousands."""
_TAGS = {Part.SAME: "span", Part.GONE: "del", Part.NEW: "ins"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is different: where (``entry_id`` 0 for the settings), what, and both texts.

    ``lists`` are the texts one by one, before and after, where there are several.
    """

    entry_id: int
    what: str
    old: str
    new: str
    lists: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    @property
    def where(self) -> str:
        """The entry's name, as in the table."""
        return f"No. {self.entry_id}" if self.entry_id else "Settings"


def lines(before: Snapshot, after: Snapshot, example_names: Mapping[str, str]) -> list[Line]:
    """Every difference: the settings first, then by number of the entry."""
    return [*_settings(before.policy, after.policy, example_names), *_entries(before, after)]


def between(principal: Principal, org_id: str, first: int, second: int) -> list[Line]:
    """The differences of two revisions."""
    questions = frontline().questions
    names = {example.example_id: example.name for example in frontline().examples.available(principal, org_id)}
    before, after = (questions.table(principal, org_id, number) for number in (first, second))
    return lines(before, after, names)


def of_entry(old: Entry | None, new: Entry | None) -> list[Line]:
    """What is different between two states of one entry, None where it was not there."""
    return list(_of_entry(old, new))


def render(found: list[Line], *, of_one_entry: bool = False) -> None:
    """The lines as a table that wraps; what is gone is struck through, what is new is on green.

    With ``of_one_entry`` the entry's name is left out.
    """
    if not found:
        st.caption("Nothing is different.")
        return
    headings = [*(() if of_one_entry else ("Entry",)), "What", "Before and after"]
    rows = "".join(
        f"<tr>{'' if of_one_entry else f'<td>{html.escape(line.where)}</td>'}<td>{html.escape(line.what)}</td>"
        f"<td>{_marked(line)}</td></tr>"
        for line in found[:SHOWN]
    )
    st.html(
        f'<table class="frontline-differences"><thead><tr>{"".join(f"<th>{name}</th>" for name in headings)}</tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )
    if len(found) > SHOWN:
        st.caption(f"And {counted(len(found) - SHOWN, 'more difference')}.")


def _marked(line: Line) -> str:
    if line.lists is not None:
        return _listed(*line.lists)
    pieces = word_difference(line.old, line.new)
    texts = [_tagged(piece.part, piece.text) for piece in pieces]
    if all(piece.part is not Part.SAME for piece in pieces):  # another text, a new one, or one that is gone
        return "".join(f'<div class="whole">{text}</div>' for text in texts)
    return "".join(texts)


def _listed(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """A line for each text that is gone or new, and how many stay."""
    lines = [_tagged(Part.GONE, text) for text in old if text not in new]
    lines += [_tagged(Part.NEW, text) for text in new if text not in old]
    stay = sum(text in old for text in new)
    if stay:
        lines.append(f"{stay:,} {'stays' if stay == 1 else 'stay'}{'' if lines else ', in another order'}")
    return "".join(f'<div class="whole">{text}</div>' for text in lines)


def _tagged(part: Part, text: str) -> str:
    return f"<{_TAGS[part]}>{html.escape(text)}</{_TAGS[part]}>"


def _entries(before: Snapshot, after: Snapshot) -> Iterator[Line]:
    old_entries, new_entries = ({entry.id: entry for entry in side.entries} for side in (before, after))
    for entry_id in sorted(old_entries.keys() | new_entries.keys()):
        yield from _of_entry(old_entries.get(entry_id), new_entries.get(entry_id))


def _of_entry(old: Entry | None, new: Entry | None) -> Iterator[Line]:
    if old is None and new is not None:
        yield Line(new.id, "New entry", "", _in_short(new))
    elif new is None and old is not None:
        yield Line(old.id, "Deleted", _in_short(old), "")
    elif old is not None and new is not None:
        yield from _cells(old, new)


def _cells(old: Entry, new: Entry) -> Iterator[Line]:
    for name, label in LABELS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            lists = (before, after) if isinstance(before, tuple) else None
            yield Line(old.id, label, review.text(before), review.text(after), lists)


def _in_short(entry: Entry) -> str:
    return f"{entry.question}\n{entry.answer}"


def _settings(old: Policy, new: Policy, example_names: Mapping[str, str]) -> Iterator[Line]:
    for name in changed(old, new):
        before, after = (said(name, value(policy, name), example_names) for policy in (old, new))
        yield Line(0, POLICY_LABELS[name], before, after)
