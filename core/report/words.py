"""The sentences on a run that its page and its report share."""

from core.evaluation.metrics import Summary
from core.evaluation.numbers import percent, share, span
from core.evaluation.outcomes import Verdict
from core.evaluation.proportion import Proportion
from core.evaluation.thresholds import Shares
from core.runs.took import Took
from core.spending import words


def verdict(summary: Summary) -> str:
    """What came of a run in a sentence, with ``**`` around what matters most."""
    right = summary.rate(Verdict.RIGHT)
    if right.rate is None or right.interval is None:
        return "No question says what is expected, or none got a reply, so nobody can say how good the replies are."
    return (
        f"**{percent(right.rate)}** of the questions that say what is expected ended right "
        f"({share(right.count, right.of)}). With other questions of the same kind it would likely be "
        f"{span(right.interval)}."
    )


def shares(found: Shares) -> str:
    """What became of 100 visitors, e.g. "71 right, 2 wrong, 27 to a person"."""
    right, wrong, person = found.of_a_hundred
    return f"{right} right, {wrong} wrong, {person} to a person"


def likely(found: Shares) -> str:
    """The 95 % interval of each share, e.g. "right likely 67–75 %, wrong likely 1–4 %, …"."""
    parts = {"right": found.right, "wrong": found.wrong, "to a person": found.person}
    return ", ".join(f"{name} likely {_span(part)}" for name, part in parts.items())


def _span(part: Proportion) -> str:
    return span(part.interval) if part.interval else "–"


def proportion(part: Proportion, what: str) -> str:
    """A share with its interval, e.g. "**80 %** were handed over (8 of 10, likely 49–95 %)"; "none here" of no rows."""
    if part.rate is None or part.interval is None:
        return "none here"
    return f"**{percent(part.rate)}** {what} ({share(part.count, part.of)}, likely {span(part.interval)})"


def took(found: Took) -> str:
    """What a run took, e.g. "Took 12,000 tokens (80 % of those sent came from the server’s cache), $0.42"."""
    parts = []
    if found.asked:
        cached = (
            f" ({percent(found.cached / found.sent)} of those sent came from the server’s cache)"
            if found.cached
            else ""
        )
        parts.append(f"Took {words.tokens(found.sent + found.received)}{cached}, {_money(found)}")
    if found.reused:
        parts.append("1 reply was a kept one" if found.reused == 1 else f"{found.reused:,} replies were kept ones")
    return " · ".join(parts)


def _money(found: Took) -> str:
    if found.unpriced == found.asked:
        return words.price(None)
    some = f", and {found.unpriced:,} calls whose price is unknown" if found.unpriced else ""
    return words.money(found.nano_usd) + some
