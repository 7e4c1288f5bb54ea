"""What to know before test questions are run: which the table holds already, and what none of them tests."""

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.datasets.coverage import Coverage, coverage
from core.datasets.intake import RunInput
from core.datasets.leakage import Leak, leaks
from core.datasets.preview import Preview
from core.errors import FrontlineError
from core.identity.principal import Principal
from core.plurals import counted
from core.report import words
from pages.shell import notices, session

PAGE = "evaluations"
SHOWN_ROWS = 1_000
_NARROW = {name: st.column_config.NumberColumn(width=60, alignment="left") for name in ("Line", "No.")}


@dataclass(frozen=True)
class Concerns:
    """What a person should know before running it: questions that are stored already, and what no question tests."""

    preview: Preview
    leaks: list[Leak]
    coverage: Coverage


def render(principal: Principal, org_id: str, ready: RunInput) -> Concerns | None:
    """The warnings in one box; what they are about."""
    found = _found(principal, org_id, ready)
    if found is None:
        return None
    lines = [*contradictions(ready.preview), *in_words(found)]
    if lines:
        st.warning(_in_a_box(lines), icon=":material/rule:")
    return found


def details(found: Concerns) -> None:
    """The questions and entries that the warnings are about."""
    if found.leaks:
        st.markdown(f"**Test questions that are in the table ({len(found.leaks):,})**")
        st.caption(
            "The bot knows these phrasings, so their results say little about what visitors get. Nearly the same: "
            "they differ by a few letters or one small word."
        )
        st.dataframe(leak_table(found), hide_index=True, column_config=_NARROW)
    if found.coverage.untested:
        st.markdown(f"**Entries without a test question ({len(found.coverage.untested):,})**")
        entries = [(entry.id, entry.question) for entry in found.coverage.untested[:SHOWN_ROWS]]
        st.dataframe(pd.DataFrame(entries, columns=["No.", "Question"]), hide_index=True, column_config=_NARROW)


def _in_a_box(lines: list[str]) -> str:
    """Several as a list, one alone as a sentence: beside the icon a bullet would be a second sign for nothing."""
    plain = [notices.plain(line) for line in lines]
    return plain[0] if len(plain) == 1 else "\n".join(f"- {line}" for line in plain)


def in_words(found: Concerns) -> list[str]:
    """A sentence for each thing to know."""
    lines = []
    if found.leaks:
        lines.append(f"{words.in_the_table(found.leaks)} That makes the results look better than they are.")
    if found.coverage.untested:
        count, of = len(found.coverage.untested), found.coverage.entries
        have = "has" if count == 1 else "have"
        lines.append(f"{count:,} of {of:,} entries {have} no test question.")
    if found.coverage.lacks_person:
        lines.append("No question expects a person, so nothing shows whether the bot answers what it should not.")
    return lines


def contradictions(preview: Preview) -> list[str]:
    """Questions that are expected in two ways, and repeated rows."""
    lines = [str(contradiction) for contradiction in preview.contradictions[:3]]
    if len(preview.contradictions) > len(lines):
        more = len(preview.contradictions) - len(lines)
        are = "is" if more == 1 else "are"
        lines.append(f"{counted(more, 'more question')} {are} expected in two ways.")
    if preview.repeated:
        say = "says" if preview.repeated == 1 else "say"
        lines.append(
            f"{counted(preview.repeated, 'row')} {say} the same as an earlier one. They are run and counted too."
        )
    return lines


def leak_table(found: Concerns) -> pd.DataFrame:
    """The questions that are stored, word for word first. Columns: Line, Test question, In the table, No., How near."""
    leaks_first = sorted(found.leaks, key=lambda leak: (-leak.nearness, leak.line))[:SHOWN_ROWS]
    rows = [
        (leak.line, leak.question, leak.phrasing, leak.entry_id, "word for word" if leak.exact else "nearly the same")
        for leak in leaks_first
    ]
    return pd.DataFrame(rows, columns=["Line", "Test question", "In the table", "No.", "How near"])


def _found(principal: Principal, org_id: str, ready: RunInput) -> Concerns | None:
    kept: Concerns | None = session.get(PAGE, org_id, "concerns")
    if kept is not None and kept.preview is ready.preview:
        return kept
    try:
        with st.spinner("Comparing with the table…"):
            entries = frontline().questions.table(principal, org_id, ready.revision).entries
            rows = ready.preview.good
            covered = coverage(rows, entries)
            if ready.preview.perhaps_a_person:  # nobody can say yet that none expects one
                covered = replace(covered, lacks_person=False)
            found = Concerns(preview=ready.preview, leaks=leaks(rows, entries), coverage=covered)
    except FrontlineError as error:
        notices.show(error)
        return None
    session.put(PAGE, org_id, "concerns", found)
    return found
