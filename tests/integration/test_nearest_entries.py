"""Which other entries are nearest to one, by the built-in engine."""

from pathlib import Path

import pytest

from core.engines.semantic.engine import SemanticEngine
from core.nearest_entries import NearEntry
from core.questions.changes import Changes
from core.questions.entry import Entry
from tests.integration.tenants import A, Roles, installation, owner

ME = owner(A)
TEXTS = ("What are your opening hours?", "Do you have any jobs?", "When is the shop open?", "When do you open?")


def test_others_that_are_on_are_found_with_the_pair_of_phrasings_that_is_near(
    database_url: str, tmp_path: Path, prepared_model: Path
) -> None:
    entries = [{"question": text, "answer": text, "enabled": text != TEXTS[3]} for text in TEXTS]
    with installation(database_url, tmp_path, Roles(), SemanticEngine(prepared_model)) as parts:
        parts.questions.save(ME, A, base_revision=0, changes=Changes(added=entries))

        found = parts.nearest_entries.of(ME, A, 1, [TEXTS[0], "   ", "at what time do you open the shop"])
        alone = parts.nearest_entries.of(ME, A, 1, [])

    assert [one.entry.id for one in found] == [3, 2]
    assert (found[0].phrasing, found[0].other) == ("at what time do you open the shop", TEXTS[2])
    assert found[0].score > found[1].score
    assert alone == []


@pytest.mark.parametrize(
    ("score", "words"), [(1.3, "Very near"), (0.8, "Very near"), (0.6, "Near"), (0.2, "Not so near")]
)
def test_how_near_an_entry_is_stands_in_words(score: float, words: str) -> None:
    entry = Entry(id=1, question="q", answer="a")

    assert NearEntry(entry=entry, phrasing="p", other="q", score=score, threshold=0.8).words == words
