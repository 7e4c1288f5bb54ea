"""This run against an earlier one: the words first, then the rows behind them."""

import math

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.evaluation.comparison import Comparison
from core.evaluation.intervals import Interval
from core.evaluation.mcnemar import detectable
from core.evaluation.numbers import percent, share, span
from core.evaluation.repeats import Flips
from core.evaluation.rows import PERSON
from core.evaluation.ruling import Ruling
from core.identity.principal import Principal
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from pages.evaluations import kept
from pages.shell import notices, session

PAGE = "evaluations"
LISTS = {"fixed": "Fixed", "broken": "Broken", "changed": "Other reply"}
_COLUMNS = {
    "Line": st.column_config.NumberColumn(width=60, help="Where it stands in the file of this evaluation"),
    "Question": st.column_config.TextColumn(width=300),
    "Expected": st.column_config.TextColumn(width=180),
    "There": st.column_config.TextColumn(width=170, help="What the other evaluation gave"),
    "Here": st.column_config.TextColumn(width=170, help="What this evaluation gave"),
}
_GLOSS = "Fixed: wrong there, right here. Broken: right there, wrong here. Other reply: another one, as right as there."


def render(principal: Principal, org_id: str, analysis: Analysis) -> None:
    """The choice of a baseline, and what came of the comparison."""
    run = analysis.results.run
    others = [one for one in frontline().evaluations.runs(principal, org_id) if _fits(one, run)]
    if not others:
        st.info("There is no other evaluation here to compare with. Run the same questions again after a change.")
        return
    baseline = st.selectbox(
        "Compare with",
        others,
        index=next((place for place, one in enumerate(others) if one.created_at < run.created_at), 0),
        format_func=lambda one: f"{one.name} · revision {one.revision} · {notices.moment(one.created_at)}",
        key=session.key(PAGE, org_id, f"baseline_{run.run_id}"),
    )
    if baseline is None:
        return
    before = kept.analysis(principal, org_id, baseline, role="baseline")
    both = kept.compared(org_id, before, analysis)
    found = both.whole
    if not len(found.pairs.first):
        st.warning("The two share no question with the same expectation, so they cannot be compared.")
        return
    _words(found)
    _repeat(both.flips)
    _rows(org_id, before, analysis, found)
    _by_entry(analysis, both.by_entry)


def _fits(one: Run, run: Run) -> bool:
    return not one.active and one.finished > 0 and one.run_id != run.run_id


def _words(found: Comparison) -> None:
    st.subheader(headline(found), anchor=False)
    for sentence in sentences(found):
        st.markdown(sentence)


def headline(found: Comparison) -> str:
    """The ruling as a heading, e.g. "Better"."""
    return found.ruling.value.capitalize()


def sentences(found: Comparison) -> list[str]:
    """What the ruling stands on: the two rates, the interval, the counts, what was left out."""
    said = []
    if found.before.rate is not None and found.after.rate is not None:
        said.append(
            f"Of {found.after.of:,} shared questions with a label, **{percent(found.after.rate)}** are right here and "
            f"**{percent(found.before.rate)}** in the other evaluation. {_range(found.interval)}"
        )
        said.append(f"**{len(found.fixed):,} fixed, {len(found.broken):,} broken.** {_chance(found)}")
        if found.ruling is Ruling.UNCLEAR and (least := _least(found)):
            said.append(least)
    if left_out := _left_out(found):
        said.append(left_out)
    return said


def _chance(found: Comparison) -> str:
    if not len(found.fixed) + len(found.broken):
        return ""
    chance = "under 0.1 %" if found.p < 0.001 else f"{found.p * 100:.1f} %"
    return f"If the two were equally good, counts at least so uneven would come by chance in {chance} of such tests."


def _range(interval: Interval | None) -> str:
    if interval is None:
        return "There are too few groups of questions to say how sure that is."
    low, high = (math.floor(round(interval.low * 100, 6)), math.ceil(round(interval.high * 100, 6)))
    return f"The true difference likely lies between {low:+d} and {high:+d} points.".replace("-", "−")


def _least(found: Comparison) -> str:
    changed = (len(found.fixed) + len(found.broken)) / found.after.of
    least = detectable(found.after.of, changed) if changed else None
    if least is None:
        return ""
    return f"With so many questions a true difference of about {math.ceil(least * 100)} points would usually be found."


def _left_out(found: Comparison) -> str:
    parts = {
        "failed in either": found.failed,
        "only in this evaluation": found.pairs.only_second,
        "only in the other one": found.pairs.only_first,
    }
    told = [f"{count:,} {words}" for words, count in parts.items() if count]
    return f"Not compared: {', '.join(told)}." if told else ""


def _repeat(found: Flips | None) -> None:
    """Where nothing was changed between the two, what differs is the engine's own wavering."""
    if found is None or found.share.rate is None or found.share.interval is None:
        return
    st.markdown(
        f"Table, settings and engine are the same in both: **{percent(found.share.rate)}** of the replies "
        f"({share(found.share.count, found.share.of)}, likely {span(found.share.interval)}) changed all the same."
    )


def _rows(org_id: str, before: Analysis, after: Analysis, found: Comparison) -> None:
    places = {name: getattr(found, name) for name in LISTS}
    present = [name for name, rows in places.items() if len(rows)]
    if not present:
        st.caption("No reply differs.")
        return
    run_id = after.results.run.run_id
    chosen = st.pills(
        "Show",
        present,
        default=present[0],
        format_func=lambda name: f"{LISTS[name]} ({len(places[name]):,})",
        key=session.key(PAGE, org_id, f"compared_{run_id}_{before.results.run.run_id}"),
        help=_GLOSS,
    )
    if chosen:
        table = rows_table(before, after, found, chosen)
        st.dataframe(table, hide_index=True, column_config=_COLUMNS)


def rows_table(before: Analysis, after: Analysis, found: Comparison, name: str) -> pd.DataFrame:
    """The rows of one list. Columns: Line, Question, Expected, There, Here."""
    at = getattr(found, name)
    old, new = before.rows.take(found.pairs.first[at]), after.rows.take(found.pairs.second[at])
    table = after.results.ledger.iloc[new.place]
    return pd.DataFrame(
        {
            "Line": table["line"].to_numpy(),
            "Question": new.question,
            "Expected": [_expected(after, ids, one) for ids, one in zip(new.accepted, new.expected, strict=True)],
            "There": [before.name(one) for one in old.given.tolist()],
            "Here": [after.name(one) for one in new.given.tolist()],
        }
    )


def _expected(analysis: Analysis, accepted: tuple[int, ...], expected: int) -> str:
    if accepted:
        return " or ".join(analysis.name(one) for one in accepted)
    return analysis.name(expected) if expected == PERSON else ""


def _by_entry(after: Analysis, found: pd.DataFrame) -> None:
    with st.expander("By entry"):
        differing = found[(found["fixed"] > 0) | (found["broken"] > 0)]
        if differing.empty:
            st.caption("No entry has a question fixed or broken.")
            return
        st.dataframe(
            pd.DataFrame(
                {
                    "Expected": [after.name(one) for one in differing["expected"]],
                    "Questions": differing["rows"],
                    "Right there": differing["before"],
                    "Right here": differing["after"],
                    "Fixed": differing["fixed"],
                    "Broken": differing["broken"],
                    "Ruling": differing["ruling"],
                }
            ),
            hide_index=True,
        )
        st.caption("With many entries some change by chance: better and worse are said with all of them in mind.")
