"""Nearness by the words that two texts have in common: keeps the promises of ``Nearest`` without a model."""

from collections.abc import Collection, Mapping, Sequence

from core.errors import EngineFailed
from core.questions.entry import Published


class ByWords:
    """Fails on a question with "fail" in it."""

    def __init__(self) -> None:
        self.prepared: list[int] = []

    def prepare(self, published: Published) -> None:
        self.prepared.append(published.revision)

    def nearest(self, question: str, published: Published, most: int) -> Sequence[int]:
        if "fail" in question:
            raise EngineFailed("The built-in model could not read this text.")
        nearest = sorted(published.entries, key=lambda entry: min(_far(question, text) for text in entry.phrasings))
        return [entry.id for entry in nearest[:most]]

    def nearest_phrasings(
        self, question: str, published: Published, entry_ids: Collection[int]
    ) -> Mapping[int, Sequence[str]]:
        return {i: sorted(published.by_id[i].phrasings, key=lambda text: _far(question, text)) for i in entry_ids}


def _far(question: str, phrasing: str) -> int:
    return -len({*question.lower().split()} & {*phrasing.lower().split()})
