"""What a change does to the test questions: only those that end otherwise, with the edit that did it."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.engines.protocol import Effort
from core.plurals import counted
from core.publishing.flips import CheckResult, Flip, FlipKind
from core.questions.entry import Entry
from core.spending.words import tokens
from core.statistics.numbers import percent

_WORDS = {
    FlipKind.BROKEN: "Broken",
    FlipKind.FIXED: "Fixed",
    FlipKind.NOW_A_PERSON: "Now to a person",
    FlipKind.NOW_ANSWERED: "Now answered",
    FlipKind.ANOTHER_ANSWER: "Another answer",
}
NOTHING = "No test question ends otherwise"


def in_short(found: CheckResult) -> str:
    """How many of each kind, e.g. "2 broken, 1 fixed of 150 test questions"."""
    counts = [f"{len(found.of(kind)):,} {kind.value}" for kind in FlipKind if found.of(kind)]
    if not counts:
        return f"{NOTHING} ({found.asked:,} asked)"
    return f"{', '.join(counts)} of {counted(found.asked, 'test question')}"


def sentence(found: CheckResult) -> str:
    """The shares right before and after, and whether that is more than chance."""
    before, after = found.before.share_right, found.after.share_right
    if before.rate is None or after.rate is None:
        return "None of these questions says what is right, so only the replies are compared."
    shares = f"{percent(before.rate, before.of)} right before, {percent(after.rate, after.of)} after"
    return f"**{found.conclusion.value.capitalize()}**: {shares}, of {counted(before.of, 'question')} with a label."


def render(found: CheckResult, before: Mapping[int, Entry], after: Mapping[int, Entry]) -> None:
    """The sentence, and the questions that end otherwise; ``before`` and ``after`` are the entries of the tables."""
    st.markdown(sentence(found))
    if found.failed:
        st.warning(
            f"{counted(found.failed, 'question')} could not be checked: the call failed. Check again for these.",
            icon=":material/error:",
        )
    if found.flips:
        st.dataframe(
            _listed(found.flips, before, after),
            hide_index=True,
            width="stretch",
            column_config={"What": st.column_config.TextColumn(width=110)},
        )
    if found.left_out:
        st.caption(f"{counted(found.left_out, 'question')} left out: what they expect is off or deleted in both.")


def agreed(effort: Effort, key: str) -> bool:
    """Say what a check asks of a model server; whether the person wants it now."""
    most = (effort.usage.sent or 0) + (effort.usage.received or 0)
    st.caption(
        f"This check asks a model server your test questions: up to about {tokens(most)}. Replies to unchanged prompts "
        "are kept and cost nothing."
    )
    return st.button("Check", key=key)


def _listed(flips: Sequence[Flip], before: Mapping[int, Entry], after: Mapping[int, Entry]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (_WORDS[one.kind], one.question, _reply(one.before, before), _reply(one.after, after), why(one))
            for one in flips
        ],
        columns=["What", "Question", "Before", "After", "Changed by"],
    )


def why(flip: Flip) -> str:
    """The edits that a flip has to do with."""
    if flip.by_settings:
        return "the settings"
    if not flip.edited:
        return "several changes together"
    named = ", ".join(f"No. {entry_id}" for entry_id in flip.edited[:3])
    more = f" and {len(flip.edited) - 3} more" if len(flip.edited) > 3 else ""
    return f"{named}{more}" + (" (expected, now off or deleted)" if flip.is_gone else "")


def _reply(entry_id: int | None, entries: Mapping[int, Entry]) -> str:
    if entry_id is None:
        return "a person"
    entry = entries.get(entry_id)
    return f"No. {entry_id}: {entry.question}" if entry else f"No. {entry_id}"
