"""The constants that turn cosines into a decision, the same for every org, and how they were found.

Fitted by tests/benchmarks/decision_fit.py on random tables of 1 to 1,000 entries with 1 to 10 phrasings each, from the
train splits of banking77, clinc150 and hwu64, from stackfaq, and from a shop. Each kind of table weighed the same; of
its questions those with an answer were four tenths, and those without one, on the subjects of other entries of the
family, six. A logistic regression of "the best entry is right" on the score and on what is known of the table gave
threshold and slope at once: an entry is given where it is as likely right as wrong. What comes of it in a family that
had no part in the fit stands in .docs/measurements.md; ``python -m tests.benchmarks.decisions`` prints it.

Two things are not as they were fitted. Up to ten entries, the threshold rose by 0.107 for each logarithm of them, of
which half is taken, so that it is higher for few; and one entry alone takes 0.08 more. Of what is asked of a table of
three entries most has no answer, other than in the fit, where two of the tutorial's 15 examples would get a wrong one.

How near the phrasings of an entry are to each other was new: it took the error of the confidence from 8.2 to 5.7 points
in tables of 3 to 12 entries of families that were left out, and from 7.1 to 6.3 in those of 40 to 150.
"""

import math
from dataclasses import dataclass

CALIBRATION = "4"
"""To be raised with each change of a constant, of the general questions, of the formula in index.py, or of how long
or mistyped messages are read."""

NEAREST_WEIGHT = 0.5
CENTROID_WEIGHT = 0.5
SHARE_WEIGHT = 0.45
"""A score is the weighted sum of the cosine to the entry's nearest phrasing, the cosine to the centroid of its
phrasings, and its share of the question beyond an even one."""

SHARE_SHARPNESS = 27.0
SPREAD_PRIOR = 0.3
SPREAD_SHRINKAGE = 3.0
"""What is added to the spread of phrasings in each direction: a constant, which counts while there are few phrasings,
and so many times the mean of all directions. Of 81 combinations with weights of the shares from 0.3 to 0.6, a third of
all lie within 0.15 points of the best in the balance of answered and refused; without shares it is 0.5 lower, with the
softmax of how close the question is to the entries 0.3."""

REGRESSION_C = 20.0
REGRESSION_PHRASINGS = 8
REGRESSION_STEPS = 12
REGRESSION_WORK = 30_000_000
"""Up to 5 phrasings an entry the regression is no better than what it begins with, with 10 by 0.1 points, with 20 by 3
and with 90 by 2 to 6, and after 12 steps as good as after hundreds: from ``REGRESSION_PHRASINGS`` on it is taken.
``REGRESSION_WORK`` bounds phrasings × entries × steps, to about 2 seconds."""

ANSWER_SENTENCE_LIMIT = 200
"""Characters. The first sentence of an answer stands beside the nearest phrasing where an entry has a single phrasing:
better by 0.01 to 0.13 points of AUROC on tables from stackfaq, and never worse. With more phrasings: no difference."""

WITHIN_UNKNOWN = 0.45
"""Stands for the nearness of a phrasing to the nearest one of the same entry where there is no other."""

FEW_ENTRIES = 10
LOG_ENTRIES = 0.05
"""A table of fewer than ``FEW_ENTRIES`` has a lower threshold, by so much for each logarithm."""

PHRASINGS_LIMIT = 10
"""A table with more phrasings an entry has no lower threshold."""

_LOG_TEXTS = 0.032
_SLOPE = 8.6


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdRule:
    """The constants of an encoder's threshold: ``base``, and what is added to it for one entry alone, for the nearness
    of entries to each other, for each logarithm of phrasings an entry, and for how near these are to each other."""

    base: float
    one_entry: float
    cross: float
    log_phrasings: float
    within: float

    def threshold_for(self, entries: int, phrasings: int, cross: float | None, within: float = WITHIN_UNKNOWN) -> float:
        """The score from which on an entry is given, in a table of so many entries with so many phrasings in all.

        ``cross`` says how near the entries are to each other: the mean cosine of a phrasing to the nearest one of
        another entry, None where there is no other. The nearer, the more it takes to tell a question that belongs to
        none of them. ``within`` is the same for the nearest phrasing of the same entry, WITHIN_UNKNOWN for those that
        have none: where the same question is asked in much the same words, a question in other words is another one.
        """
        each = phrasings / max(1, entries)
        return (
            self.base
            + (self.one_entry if cross is None else self.cross * cross)
            + LOG_ENTRIES * math.log(max(1, min(entries, FEW_ENTRIES)) / FEW_ENTRIES)
            + self.log_phrasings * math.log(max(1, min(each, PHRASINGS_LIMIT)))
            + self.within * (within - WITHIN_UNKNOWN)
        )


MINILM = ThresholdRule(base=0.829, one_entry=-0.164, cross=0.173, log_phrasings=-0.078, within=0.523)
"""Of all-MiniLM-L6-v2; other encoders' are in rules.py."""


def for_best_of(texts: int) -> float:
    """How much higher the threshold is where the best of so many texts decides: one of many is near by chance."""
    return _LOG_TEXTS * math.log(max(1, texts))


def confidence(score: float, threshold: float) -> float:
    """The estimated probability that the entry with this score is right; one half at the threshold."""
    return 1 / (1 + math.exp(-_SLOPE * (score - threshold)))


def margin(least: float) -> float:
    """How far above the threshold a score of this confidence is: the inverse of ``confidence``.

    Raises ValueError unless ``least`` is between 0 and 1, themselves left out: no score reaches these.

    >>> margin(0.5)
    0.0
    """
    if not 0 < least < 1:
        raise ValueError(f"no score has the confidence {least}")
    return math.log(least / (1 - least)) / _SLOPE
