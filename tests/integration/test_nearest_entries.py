"""Which other entries are nearest to one, by the built-in engine."""

from pathlib import Path

from core.engines.semantic.engine import SemanticEngine
from core.questions.changes import Changes
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
