"""The threshold of another encoder than all-MiniLM-L6-v2, on that one's scale: one scale of scores for every table."""

import math
from dataclasses import dataclass

from core.engines.semantic.calibration import SHARE_WEIGHT, margin


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What tests/benchmarks/fit_calibration.py fits to an encoder; the names are those of calibration.py.

    ``other_language`` is how much lower the threshold is for a question in another language than the table's: what
    means the same is less near then; ``share_weight`` is that of the scores that it was fitted to.
    """

    base: float
    one_entry: float
    cross: float
    log_entries: float
    log_phrasings: float
    entries_limit: int
    phrasings_limit: int
    slope: float
    other_language: float
    share_weight: float = SHARE_WEIGHT

    def threshold_for(self, entries: int, phrasings: int, cross: float | None) -> float:
        """As ``threshold_for`` in calibration.py, from this encoder's own scores."""
        each = phrasings / max(1, entries)
        return (
            self.base
            + (self.one_entry if cross is None else self.cross * cross)
            + self.log_entries * math.log(max(1, min(entries, self.entries_limit)))
            + self.log_phrasings * math.log(max(1, min(each, self.phrasings_limit)))
        )

    @property
    def stretch(self) -> float:
        """By how much a distance from the threshold is stretched to be worth as much certainty as with the other
        encoder, so that one slope of the confidence and one range of strictness do for both."""
        return self.slope * margin(0.75) / math.log(3)


E5_VERSION = "calibration 2"
"""To be raised with each change of a constant below, or of the questions in parallel_questions.tsv."""

E5 = Rule(
    base=0.282,
    one_entry=0.033,
    cross=0.504,
    log_entries=0.011,
    log_phrasings=0.045,
    entries_limit=10_000,
    phrasings_limit=8,
    slope=11.5,
    other_language=0.08,
    share_weight=0.3,
)
"""Of multilingual-e5-small: fitted on English tables from banking77, stackfaq, clinc150 and hwu64 (train splits), and
for other languages on tests/data/shop_languages.json, as the difference between questions in another language than
their table's (0.14) and in the same (0.06). What it does to a family or language that was left out stands in
.docs/measurements.md."""
