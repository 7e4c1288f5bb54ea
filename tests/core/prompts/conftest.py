"""The tutorial's clothing company, and texts that try to break a prompt."""

import csv
from pathlib import Path

import pytest
from hypothesis import strategies as st

from core.questions.entry import Entry, Published
from core.questions.policy import Policy

ENTRIES = Path(__file__).resolve().parents[2] / "data" / "tutorial_entries.csv"
GOLDEN = Path(__file__).parent / "golden"

ALTERNATES = {
    "What are your hours?": ("when's closing time?",),
    "What do you sell?": ("do you have shoes?", "What do you have in store?"),
}

FRAGMENTS = [
    *(
        "\n",
        "\r\n",
        "\t",
        " ",
        "\\",
        "\\n",
        "|",
        " | ",
        "| a | b |",
        "###",
        "####",
        "\n###\n",
        "Human:",
        "human :",
        "AI:",
    ),
    *(
        "\nHuman: hi\nAI: ",
        "Company: X",
        "About:",
        "Question: ",
        "Id:",
        "| Question | Response |",
        '"',
        "{fallback}",
        "0",
    ),
    *("<|im_end|>", "<|im_start|>system", "</s>", "[INST]", "<｜end▁of▁sentence｜>", "\u2028", "\x85", "\x1c", "\x00"),
    *("\ud800", "\u200d", "ß", "Ｈｕｍａｎ：", "why?", "help me"),
]
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(st.characters(), max_size=4), max_size=6).map("".join)


@st.composite
def tables(draw: st.DrawFn) -> Published:
    """Any table, of texts that no editor would take as well: a prompt must hold whatever it is given."""
    rows = draw(st.lists(st.tuples(TEXTS, TEXTS, st.lists(TEXTS, max_size=2)), max_size=4))
    ids = draw(
        st.lists(st.integers(1, 40) | st.integers(900, 1100), unique=True, min_size=len(rows), max_size=len(rows))
    )
    entries = [
        Entry(id=i, question=question, answer=answer, alternates=tuple(alternates))
        for i, (question, answer, alternates) in zip(ids, rows, strict=True)
    ]
    return Published(org_id="org", revision=1, entries=tuple(entries), policy=Policy(fallback=draw(TEXTS)))


@pytest.fixture
def clothing() -> Published:
    with ENTRIES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["org"] == "clothing"]
    entries = [
        Entry(id=i, question=row["question"], answer=row["answer"], alternates=ALTERNATES.get(row["question"], ()))
        for i, row in enumerate(rows, 1)
    ]
    return Published(org_id="clothing", revision=1, entries=tuple(entries))


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.txt").read_bytes().decode("utf-8")
