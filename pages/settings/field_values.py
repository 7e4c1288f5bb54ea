"""How the value of a setting stands in its field of the page, and how it is read back from there."""

from collections.abc import Callable, Mapping
from typing import Any

from core.questions.changes import one_line

MILLION = 1_000_000
PER_CENT = 100.0


def shown(name: str, value: Any) -> Any:  # noqa: ANN401 - each field has its own type
    """What the field of this name shows for a value of the setting.

    >>> shown("tokens_a_month", 1_500_000), shown("negatives", ("where is it", "I was charged twice"))
    (1.5, 'where is it\\nI was charged twice')
    >>> shown("min_confidence", 0.55)
    55.0
    """
    return _SHOWN[name](value) if name in _SHOWN else value


def read(name: str, entered: Any) -> Any:  # noqa: ANN401 - as above
    """The value of the setting that is in its field so.

    >>> read("tokens_a_month", 1.5), read("negatives", " where is it\\n\\nwhere  is it"), read("model", " small ")
    (1500000, ('where is it',), 'small')
    """
    return _READ[name](entered) if name in _READ else entered


def _lines(text: str) -> tuple[str, ...]:
    lines = (one_line(line) for line in text.split("\n"))
    return tuple(dict.fromkeys(line for line in lines if line))


_SHOWN: Mapping[str, Callable[[Any], Any]] = {
    "promise": lambda promise: promise is not None,
    "examples": list,
    "negatives": "\n".join,
    "min_confidence": lambda rate: round(rate * PER_CENT, 10),
    "usd_a_month": lambda usd: None if usd is None else float(usd),
    "tokens_a_month": lambda count: None if count is None else count / MILLION,
}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "base_url": str.strip,
    "model": str.strip,
    "company": one_line,
    "description": str.strip,
    "examples": tuple,
    "negatives": _lines,
    "min_confidence": lambda per_cent: round(per_cent / PER_CENT, 12),
    "tokens_a_month": lambda millions: None if millions is None else round(millions * MILLION),
}
