import doctest
import json

from core.questions import policy_fields
from core.questions.policy import EngineKind, ModelSettings, Policy, Style
from core.questions.policy_checks import policy_problems
from core.questions.policy_fields import POLICY_LABELS, changed, note, value, with_values
from core.questions.promise import Promise
from core.questions.service import NOTE_LIMIT

PROMISE = Promise(
    most_wrong=2,
    run_id="run",
    threshold=0.7,
    visitors=320,
    wrong=1,
    questions=330,
    answered_right=125,
    answered_right_before=165,
)
OTHERS = {
    "fallback": "We will call you.",
    "strictness": 0.1,
    "promise": PROMISE,
    "engine": EngineKind.SERVER,
    "base_url": "https://api.openai.com/v1",
    "model": "gpt-6-luna",
    "style": Style.COMPANIES,
    "company": "Northwind",
    "description": "We sell coats.",
    "negatives": ("where is my order",),
    "examples": ("shipped:marrow-lane-bakery",),
    "min_confidence": 0.5,
    "shortlist": 30,
    "calls_in_flight": 4,
    "usd_a_month": None,
    "tokens_a_month": 1,
}


def test_each_field_is_read_and_changed_by_its_name() -> None:
    after = with_values(Policy(), OTHERS)

    assert {name: value(after, name) for name in POLICY_LABELS} == OTHERS
    assert changed(Policy(), after) == list(POLICY_LABELS)
    assert policy_problems(after) == []


def test_what_is_kept_of_settings_reads_as_they_were() -> None:
    after = with_values(Policy(), OTHERS)

    assert Policy.from_json(json.loads(json.dumps(after.as_json()))) == after
    assert Policy.from_json({"fallback": "Kept before there were promises."}).promise is None


def test_changing_nothing_is_no_difference() -> None:
    assert with_values(Policy(), {}) == Policy()
    assert changed(Policy(), Policy(model=ModelSettings())) == []


def test_a_note_names_what_changed_in_words() -> None:
    after = with_values(Policy(), {"model": "gpt-6-luna", "usd_a_month": 5.0})

    assert note(Policy(), after) == "Settings: model, dollars a month"


def test_a_note_of_many_changes_stays_short_enough_to_be_kept() -> None:
    words = note(Policy(), with_values(Policy(), OTHERS))

    assert words.endswith("engine and 12 more")
    assert len(words) <= NOTE_LIMIT


def test_the_examples_in_the_docstrings_hold() -> None:
    ran = doctest.testmod(policy_fields)

    assert ran.attempted > 0
    assert ran.failed == 0
