"""What a change does to the test questions: only those that end otherwise, with the edit that did it."""

import html
from collections.abc import Mapping, Sequence

import streamlit as st

from core.engines.protocol import Effort
from core.plurals import counted
from core.publishing.check_words import (
    KIND_WORDS,
    counts,
    expected,
    reply,
    statement,
    what_is_counted,
    why,
)
from core.publishing.flips import CheckResult, Flip, FlipKind
from core.questions.entry import Entry
from core.spending.words import tokens

SHOWN = 200
"""Questions at once: the browser gets slow with thousands. Those that get worse are the first."""
_FEW, _SCROLLED = 6, 380
"""So many questions are shown whole, more in so many pixels."""
_HEADINGS = ("What", "Question", "Expected", "Before", "After", "Changed by")
_MARKS = {FlipKind.BROKEN: "✕", FlipKind.FIXED: "✓"}


def render(found: CheckResult, before: Mapping[int, Entry], after: Mapping[int, Entry]) -> None:
    """One sentence, the questions that end otherwise, and folded away those that are right now.

    ``before`` and ``after`` are the entries of the tables.
    """
    st.markdown(_statement(found), help=what_is_counted(found))
    if found.failed:
        st.warning(
            f"{counted(found.failed, 'question')} could not be checked: the call failed. Check again for these.",
            icon=":material/error:",
        )
    fixed = found.of(FlipKind.FIXED)
    others = [one for one in found.flips if one.kind is not FlipKind.FIXED]
    _questions(others, before, after)
    if fixed:
        with st.expander(f"{len(fixed):,} fixed"):
            _questions(fixed, before, after)
    if found.left_out:
        st.caption(
            f"{counted(found.left_out, 'question')} left out: the answer that they expect is off or deleted, before "
            "and after."
        )


def _statement(found: CheckResult) -> str:
    """What it is as a whole, then how many of each kind; what breaks is red."""
    words = [f":red[**{each}**]" if kind is FlipKind.BROKEN else each for kind, each in counts(found)]
    return " · ".join([statement(found), *([", ".join(words)] if words else [])])


def _questions(flips: Sequence[Flip], before: Mapping[int, Entry], after: Mapping[int, Entry]) -> None:
    if not flips:
        return
    with st.container(height=_SCROLLED if len(flips) > _FEW else "content", border=False):
        st.html(_listed(flips[:SHOWN], before, after))
    if len(flips) > SHOWN:
        st.caption(f"And {counted(len(flips) - SHOWN, 'more question')}.")


def agreed(effort: Effort, key: str) -> bool:
    """Say what a check asks of a model server; whether the person wants it now."""
    most = (effort.usage.sent or 0) + (effort.usage.received or 0)
    st.caption(
        f"This check asks a model server your test questions: up to about {tokens(most)}. What was asked just so "
        "before is not asked again and costs nothing."
    )
    return st.button("Check", key=key)


def _listed(flips: Sequence[Flip], before: Mapping[int, Entry], after: Mapping[int, Entry]) -> str:
    """A table that wraps, whose lines a phone shows as blocks: the style sheet takes the headings from the cells."""
    heads = "".join(f"<th>{name}</th>" for name in _HEADINGS)
    rows = "".join(f"<tr>{_cells(one, before, after)}</tr>" for one in flips)
    # It may stand in what scrolls, which the keyboard reaches by it alone.
    return f'<table class="frontline-flips" tabindex="0"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _cells(one: Flip, before: Mapping[int, Entry], after: Mapping[int, Entry]) -> str:
    texts = (
        f"{_MARKS.get(one.kind, '')} {KIND_WORDS[one.kind]}".strip(),
        one.question,
        expected(one, {**before, **after}),
        reply(one.before, before),
        reply(one.after, after),
        why(one),
    )
    return "".join(
        f'<td data-name="{name}" class="{one.kind.name.lower()}">{html.escape(text)}</td>'
        for name, text in zip(_HEADINGS, texts, strict=True)
    )
