"""What an owner can promise visitors by an evaluation, what it costs, and how the promise of now stands."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Principal
from core.questions.promise import MOST_WRONG
from core.report import promise_words
from core.runs.analysis import Analysis
from core.runs.run_threshold import deciding_confidence
from core.statistics.promise import CannotBeHad, Kept, TooFew, wrong_visitors
from core.statistics.rows import Rows
from pages.evaluations import apply_threshold
from pages.shell import promise_note, session

PAGE = "evaluations"
USUAL = 5


def render(principal: Principal, membership: Membership, analysis: Analysis) -> None:
    """The number to promise, whether it can be promised, what it costs, and the way to promise it; nothing where the
    engine told no confidence or no question has a label."""
    rows = _rows(analysis)
    if rows is None:
        return
    with st.expander("A promise to your visitors"):
        _offered(principal, membership, analysis, rows)


def _offered(principal: Principal, membership: Membership, analysis: Analysis, rows: Rows) -> None:
    org_id, run_id = membership.org_id, analysis.results.run.run_id
    standing = frontline().promises.standing(principal, org_id)
    if standing is not None:
        promise_note.render(standing)
    key = session.key(PAGE, org_id, f"promise_{run_id}")
    session.seed(key, standing.promise.most_wrong if standing else USUAL)
    most = st.number_input(
        "Of 100 visitors, at most so many get a wrong answer",
        *MOST_WRONG,
        step=1,
        key=key,
        width=400,
        help=promise_words.ABOUT,
    )
    finding = analysis.promise(most)
    if finding is None:
        return
    promise = frontline().promises.offered(principal, org_id, analysis, most)
    said = promise_words.found(finding, most, analysis.most_careful)
    if promise is None or not isinstance(finding, Kept):
        icon = ":material/block:" if isinstance(finding, CannotBeHad) else ":material/hourglass_empty:"
        st.warning(said, icon=icon)
    elif why := frontline().promises.outdated(principal, org_id, analysis.results.run):
        st.warning(promise_words.outdated(why), icon=":material/update:")
        return
    else:
        st.success(said, icon=":material/verified:")
        st.markdown(promise_words.costs(promise))
    luck = f"{promise_words.why_more(finding, analysis.most_careful)} " if isinstance(finding, TooFew) else ""
    st.caption("What this goes by", help=f"{luck}{_left_out(analysis, rows)}{promise_words.SMALL_PRINT}")
    is_made = standing is not None and standing.promise == promise and not standing.stale
    if promise is not None and not is_made:
        apply_threshold.render(principal, membership, analysis, promise.threshold, most)


def of_now(principal: Principal, membership: Membership, analysis: Analysis) -> None:
    """The promise that the settings hold, and how this evaluation went; nothing where there is none."""
    standing = frontline().promises.standing(principal, membership.org_id)
    if standing is None:
        return
    rows = _rows(analysis)
    here = ""
    if rows is not None:
        own = deciding_confidence(analysis.results.run)
        here = promise_words.in_a_run(wrong_visitors(rows, own))
    promise_note.render(standing, here)


def _rows(analysis: Analysis) -> Rows | None:
    """The rows that a promise goes by; None where it cannot go by any."""
    if not analysis.judged or analysis.usable is None:
        return None
    with st.spinner("Comparing with the table…"):
        return analysis.promised_rows


def _left_out(analysis: Analysis, rows: Rows) -> str:
    """What does not count for a promise, and why."""
    stored = analysis.judged - len(rows)
    if not stored:
        return ""
    stand = "stands in the table already, and says" if stored == 1 else "stand in the table already, and say"
    return f"Left out: {stored:,} that {stand} nothing of other questions. "
