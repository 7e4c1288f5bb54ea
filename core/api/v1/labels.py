"""What labels of test questions mean, as a client says."""

import json

from core.datasets.expectations import value_key
from core.datasets.labels import Label
from core.datasets.meanings import meaning_of
from core.errors import InvalidInput, Problem

_FORM = "write a JSON object: for each label the number of an entry, “person”, or “none” for no label."


def labels_said(text: str | None) -> dict[str, Label]:
    """The labels and their meanings, from a JSON object; none for None. Raises InvalidInput."""
    if text is None or not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    meanings = {name: _meaning(meaning) for name, meaning in found.items()} if isinstance(found, dict) else None
    if meanings is None or None in meanings.values():
        raise InvalidInput([Problem(row="The request", field="labels", reason=_FORM)])
    return {value_key(name): label for name, label in meanings.items() if label is not None}


def _meaning(value: object) -> Label | None:
    return meaning_of(str(value)) if isinstance(value, str | int) else None
