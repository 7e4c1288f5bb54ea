"""What a change does to the test questions: only those that end otherwise, with the edit that did it."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.engines.protocol import Effort
from core.plurals import counted
from core.publishing.check_words import KIND_WORDS, reply, sentence, why
from core.publishing.flips import CheckResult, Flip
from core.questions.entry import Entry
from core.spending.words import tokens


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
        st.caption(
            f"{counted(found.left_out, 'question')} left out: the answer that they expect is off or deleted, before "
            "and after."
        )


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
            (KIND_WORDS[one.kind], one.question, reply(one.before, before), reply(one.after, after), why(one))
            for one in flips
        ],
        columns=["What", "Question", "Before", "After", "Changed by"],
    )
