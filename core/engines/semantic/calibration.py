"""The constants that turn cosines into a decision, the same for every org, and how they were found.

Fitted by tests/benchmarks/fit_calibration.py on random tables of 1 to 60 entries with 1 to 8 phrasings each, and some
of up to 1,000 entries, from banking77 (train split) and stackfaq. Each kind of table weighed the same; of its questions
those with an answer one half, near and far ones without one a quarter each. A logistic regression of "the best entry
is right" on the score and on what is known of the table gave threshold and slope at once: an entry is given where it
is as likely right as wrong. On tables that were drawn anew, in percent of questions:

                          known, answered right   wrong   near, refused   far, refused
    both sets                     81.4             3.3        88.5            99.5
    banking77                     67.3             6.0        85.1            99.8
        fitted on stackfaq only   64.3             5.8        87.9            99.8
    stackfaq                      95.6             0.6        91.8            99.2
        fitted on banking77 only  95.4             0.5        90.4            99.3

The test split of banking77 and the tutorial's examples were used for nothing here. With the threshold fitted on one
set, the other set asks for a slope of 10 or of 17: a confidence is a good guide near the threshold, and rougher
elsewhere.

Also tried while developing, on an earlier draw of such tables, by half of what is answered right and half of what is
refused: no share at all (0.3 points worse, 1 point at 40 to 60 entries), the softmax's share instead of the
regression's (0.3 worse), both (0.2 worse), how near a question is to the general ones (no difference). The similarity
of character n-grams changed AUROC by -0.2 to 0.3 points, and was left out.
"""

import math

CALIBRATION = "2"
"""To be raised with each change of a constant, of the general questions, of the formula in index.py, or of how long
messages are read."""

NEAREST_WEIGHT = 0.5
CENTROID_WEIGHT = 0.5
SHARE_WEIGHT = 0.3
"""A score is the weighted sum of the cosine to the entry's nearest phrasing, the cosine to the centroid of its
phrasings, and its share of the question beyond an even one."""

REGRESSION_C = 20.0
SOFTMAX_SHARPNESS = 10.0
"""With this one, shares without regression are of a size with those of the regression, so one threshold does for both:
at 40 to 60 entries, 0.1 to 0.2 points worse in the balance of answered and refused."""

ANSWER_SENTENCE_LIMIT = 200
"""Characters. The first sentence of an answer stands beside the nearest phrasing where an entry has a single phrasing:
better by 0.01 to 0.13 points of AUROC on tables from stackfaq, and never worse. With more phrasings: no difference."""

_BASE = 0.396
_ONE_ENTRY = 0.012
_CROSS = 0.259
_LOG_ENTRIES = 0.052
_ENTRIES_LIMIT = 10
_LOG_PHRASINGS = 0.057
_PHRASINGS_LIMIT = 8
_SLOPE = 12.7


def threshold_for(entries: int, phrasings: int, cross: float | None) -> float:
    """The score from which on an entry is given, in a table of so many entries with so many phrasings in all.

    ``cross`` says how near the entries are to each other: the mean cosine of a phrasing to the nearest one of another
    entry, None where there is no other. The nearer, the more it takes to tell a question that belongs to none of them.
    """
    each = phrasings / max(1, entries)
    return (
        _BASE
        + (_ONE_ENTRY if cross is None else _CROSS * cross)
        + _LOG_ENTRIES * math.log(max(1, min(entries, _ENTRIES_LIMIT)))
        + _LOG_PHRASINGS * math.log(max(1, min(each, _PHRASINGS_LIMIT)))
    )


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
