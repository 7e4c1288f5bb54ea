"""The constants that turn cosines into a decision, the same for every org, and how they were found.

TO BE WRITTEN
"""

import math

CALIBRATION = "1"
NEAREST_WEIGHT = 0.5
CENTROID_WEIGHT = 0.5
SHARE_WEIGHT = 0.3
REGRESSION_C = 20.0
SOFTMAX_SHARPNESS = 10.0
ANSWER_SENTENCE_LIMIT = 200

_BASE = 0.424
_ONE_ENTRY = -0.022
_CROSS = 0.265
_LOG_ENTRIES = 0.025
_LOG_PHRASINGS = 0.061
_SLOPE = 12.8


def threshold_for(entries: int, phrasings: int, cross: float | None) -> float:
    """The score from which on an entry is given."""
    if not entries:
        return _BASE + _ONE_ENTRY
    spread = _ONE_ENTRY if cross is None else _CROSS * cross
    return _BASE + spread + _LOG_ENTRIES * math.log(entries) + _LOG_PHRASINGS * math.log(phrasings / entries)


def confidence(score: float, threshold: float) -> float:
    """The estimated probability that the entry with this score is right; one half at the threshold."""
    return 1 / (1 + math.exp(-_SLOPE * (score - threshold)))
