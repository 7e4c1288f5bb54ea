"""What the carefulness that is being set would have done to the questions of the last evaluation."""

import html

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.report import consequence_words, words
from core.runs.consequences import Foreseen
from core.statistics.thresholds import LEAST_TOLD, OutcomeShares
from pages.settings.form import Form
from pages.shell import notices, page_links

_DECIDE = frozenset({"strictness", "min_confidence", "engine", "base_url", "model"})
"""Settings on which it depends how sure an answer must be, or how sure the engine is."""
_KINDS = ("right", "wrong", "person")


def render(principal: Principal, form: Form) -> bool:
    """The outcome now and with what is entered, and whether it could be told: only where an evaluation does. Asks no
    engine."""
    found = None
    with notices.shown():
        found = frontline().consequences.foreseen(principal, form.org_id, form.policy, form.sheet.stored)
        if found is not None:
            _shown(found, is_new=not _DECIDE.isdisjoint(form.unsaved))
    return found is not None and found.wanted is not None


def _shown(found: Foreseen, *, is_new: bool) -> None:
    told = found.wanted or found.saved
    lines = [("As it is saved", found.saved)] if found.saved else []
    if found.wanted and (is_new or not found.saved):
        lines.append(("With your change", found.wanted))
    if told is not None and lines:
        heading = f"Of {words.visitors(told)}" + (", rounded" if told.of >= LEAST_TOLD else "")
        st.html(_bars(heading, [(label, shares) for label, shares in lines if shares]))
    if found.wanted is None:
        st.caption(consequence_words.not_told(found))
    name = notices.plain(found.run.name)
    st.caption(consequence_words.source(found, name, notices.zone()), help=consequence_words.OTHER_YARDSTICK)
    page_links.link(
        "evaluations", "Open this evaluation", icon=":material/fact_check:", query={"run": found.run.run_id}
    )


def _bars(heading: str, lines: list[tuple[str, OutcomeShares]]) -> str:
    """A bar for each line; the words beside it say all that it shows."""
    rows = "".join(_bar(label, shares) for label, shares in lines)
    return f'<div class="frontline-outcomes"><p>{html.escape(heading)}</p><dl>{rows}</dl></div>'


def _bar(label: str, shares: OutcomeShares) -> str:
    pieces = zip(_KINDS, consequence_words.parts(shares), strict=True)
    bar = "".join(f'<span class="{kind}" style="flex-grow: {count}"></span>' for kind, count in pieces if count)
    said = html.escape(consequence_words.in_short(shares))
    return f'<dt>{html.escape(label)}</dt><dd><b>{said}</b><div aria-hidden="true">{bar}</div></dd>'
