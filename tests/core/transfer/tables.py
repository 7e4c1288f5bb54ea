"""Tables of answers for tests, and reading their files without a process for each."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import strategies as st

from core.files.parsing import parse
from core.files.table import FileLimits, KnownHeadings, ReadingChoices, Table
from core.questions.changes import one_line
from core.questions.checks import TableChecks
from core.questions.entry import Entry
from core.questions.text import same_question_key, unusable
from core.transfer import reading
from core.transfer.item import Item
from core.transfer.matching import Matcher, joined
from core.transfer.options import MatchBy

ODD = [
    *(
        "=1+1",
        "+49 30 1234",
        "-",
        "@home",
        "'=1+1",
        "'quoted'",
        "# Heading",
        "• first",
        "•",
        "\\n in a path",
        "C:\\new",
    ),
    *('He said "no"', '"', "a, b; c | d\te", "[Oslo](city)", '["a", "b"]', '{"a": 1}', "#1", "NULL", "007"),
    *(
        "1.0",
        "TRUE",
        "yes",
        "_x0041_",
        "👍🏽 emoji",
        "返品",
        "café",
        "<b>bold</b> &amp; <br>",
        "a: b",
        "- a dash",
        "x\u2028y",
    ),
    *("question", "- list\n- of lines", "two\r\nlines", " space before and after ", "\ttab", "trailing\n", "~", "a|b"),
]


def _text(most: int) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(ODD), st.text(max_size=most)).filter(lambda text: not unusable(text, most))


questions = _text(60).map(one_line).filter(lambda text: bool(same_question_key(text)))
answers = _text(200).filter(lambda text: bool(text.strip()))
tags = _text(20).map(one_line).filter(bool)


@st.composite
def tables(draw: st.DrawFn) -> list[Entry]:
    """A table that keeps every rule, of up to six entries."""
    ids = draw(st.lists(st.integers(1, 99_999), max_size=6, unique=True))
    entries = []
    for entry_id in sorted(ids):
        entry = Entry(
            id=entry_id,
            question=draw(questions),
            answer=draw(answers),
            alternates=tuple(dict.fromkeys(draw(st.lists(questions, max_size=3)))),
            tags=tuple(dict.fromkeys(draw(st.lists(tags, max_size=3)))),
            enabled=draw(st.booleans()),
        )
        taken = {key for other in entries if other.enabled for key in map(same_question_key, other.phrasings)}
        if not entry.enabled or taken.isdisjoint(map(same_question_key, entry.phrasings)):
            entries.append(entry)
    assert TableChecks(entries) is not None
    return entries


def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files with the real readers, but not each in a process of its own."""

    def read_table(
        data: bytes,
        name: str,
        *,
        org_id: str = "",
        choices: ReadingChoices,
        known: KnownHeadings,
    ) -> Table:
        return parse(data, name, FileLimits(), choices, known)

    monkeypatch.setattr(reading, "read_table", read_table)


def items_in(data: bytes, name: str) -> list[Item]:
    """The items of a file; fails when a row is rejected."""
    found = reading.read_files([(name, data)]).items()
    assert found.rejected == ()
    return joined(found.items, Matcher((), MatchBy.QUESTION), by_answer=True) if found.joinable else list(found.items)


def as_held(items: Sequence[Item], *, numbered: bool) -> list[dict[str, Any]]:
    """The items as ``ExportFormat.held`` says."""
    return [({"number": item.number} if numbered else {}) | {"alternates": ()} | dict(item.fields) for item in items]
