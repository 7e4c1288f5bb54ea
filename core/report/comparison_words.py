"""A comparison of two runs in words: the ruling, and what it stands on."""

import math

from core.evaluation.comparison import Comparison
from core.evaluation.intervals import Interval
from core.evaluation.mcnemar import detectable
from core.evaluation.numbers import percent
from core.evaluation.ruling import Ruling


def headline(found: Comparison) -> str:
    """The ruling as a heading, e.g. "Better"."""
    return found.ruling.value.capitalize()


def sentences(found: Comparison) -> list[str]:
    """What the ruling stands on: the two rates, the interval, the counts, what was left out."""
    said = []
    if found.before.rate is not None and found.after.rate is not None:
        said.append(
            f"Of {found.after.of:,} shared questions with a label, **{percent(found.after.rate)}** are right here and "
            f"**{percent(found.before.rate)}** in the other evaluation. {reach(found.interval)}"
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


def reach(interval: Interval | None) -> str:
    """How far the true difference may lie, in points, rounded outwards."""
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
