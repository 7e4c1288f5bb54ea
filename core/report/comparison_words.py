"""A comparison of two runs in words: the ruling, and what it stands on."""

from core.plurals import counted
from core.report.comparison_leaks import StoredQuestions, only_with_stored
from core.statistics.comparison import Comparison
from core.statistics.conclusion import Conclusion
from core.statistics.intervals import Interval
from core.statistics.mcnemar import detectable
from core.statistics.numbers import bounds, percent, points

SHARE_NOTHING = "The two share no question with the same label, so there is nothing to compare."


THESE = "this evaluation", "the other one"
"""What two evaluations are called where their names do not tell them apart."""


def headline(found: Comparison, stored: StoredQuestions | None, names: tuple[str, str] = THESE) -> str:
    """The ruling with its figures as a heading, e.g. "Better: 75 % right in “May”, 60 % in “April”".

    ``names`` are what this evaluation and the other one are called.
    ``stored`` are the questions that stand in the table of either run: a ruling that does not hold without them is
    never said without them.
    """
    if found.before.rate is None or found.after.rate is None:
        return "Nothing can be said about better or worse"
    here, there = (percent(part.rate or 0.0, part.of) for part in (found.after, found.before))
    ruling, figures = found.ruling.value.capitalize(), f"{here} right in {names[0]}, {there} in {names[1]}"
    counting = found.after.of - stored.alone.after.of if stored else 0
    if not counting:
        return f"{ruling}: {figures}"
    questions = f"{counted(counting, 'question')} that {'stands' if counting == 1 else 'stand'} in a table"
    if only_with_stored(found, stored):
        return f"{ruling} only with {questions}: {figures}"
    return f"{ruling}: {figures}, counting {questions}"


def in_a_word(found: Comparison, stored: StoredQuestions | None) -> str:
    """The ruling for a cell of a table, e.g. "better"; ``stored`` as for ``headline``."""
    if not len(found.pairs.first):
        return "no question in common"
    if not found.after.of:
        return "no shared question has a label"
    if only_with_stored(found, stored):
        return f"{found.ruling.value}, only with questions in a table"
    return found.ruling.value


def sentences(found: Comparison) -> list[str]:
    """What the ruling stands on: the counts, whether chance alone may make them, what was left out."""
    said = []
    if found.before.rate is not None and found.after.rate is not None:
        counts = f"**{len(found.fixed):,} fixed, {len(found.broken):,} broken**"
        by_chance = ""
        if len(found.fixed) + len(found.broken):
            may_be = found.ruling is Conclusion.UNCLEAR
            by_chance = " This may be chance." if may_be else " This is unlikely to be chance."
        said.append(f"{counts} of {counted(found.after.of, 'shared question')}.{by_chance}")
    else:
        said.append("No question that both share has a label and a reply in both, so only the replies can be compared.")
    if left_out := _left_out(found):
        said.append(left_out)
    return said


def statistics(found: Comparison) -> list[str]:
    """What the ruling stands on in figures: the two rates, the interval, the p-value, what could have been found."""
    if found.before.rate is None or found.after.rate is None:
        return []
    of = found.after.of
    said = [
        f"Of {counted(of, 'shared question')} with a label, **{percent(found.after.rate, of)}** ended right in this "
        f"evaluation and **{percent(found.before.rate, of)}** in the other one. {reach(found.interval, of)}",
        _chance(found),
        _least(found) if found.ruling is Conclusion.UNCLEAR else "",
    ]
    return [one for one in said if one]


def _chance(found: Comparison) -> str:
    if not len(found.fixed) + len(found.broken):
        return ""
    chance = "under 0.1 %" if found.p < 0.001 else f"{found.p * 100:.1f} %"
    return f"If the two were equally good, counts at least so uneven would come by chance in {chance} of such tests."


def reach(interval: Interval | None, of: int = 0) -> str:
    """How far the true difference may lie, in points, rounded outwards to what so many rows can tell."""
    if interval is None:
        return "There are too few groups of questions to say how sure that is."
    low, high = (points(end, of) for end in bounds(interval, of))
    return f"The true difference likely lies between {low} and {high} points."


def _least(found: Comparison) -> str:
    changed = (len(found.fixed) + len(found.broken)) / found.after.of
    least = detectable(found.after.of, changed) if changed else None
    if least is None:
        return ""
    _, so_much = bounds(Interval(least, least), found.after.of)
    return f"With so many questions a true difference of about {so_much:g} points would usually be found."


def _left_out(found: Comparison) -> str:
    parts = {
        "failed in either": found.failed,
        "only in this evaluation": found.pairs.only_second,
        "only in the other one": found.pairs.only_first,
    }
    told = [f"{count:,} {words}" for words, count in parts.items() if count]
    return f"Not compared: {', '.join(told)}." if told else ""
