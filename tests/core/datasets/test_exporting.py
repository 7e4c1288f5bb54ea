from hypothesis import given
from hypothesis import strategies as st

from core.datasets.dataset import TestQuestion
from core.datasets.difference import as_new, content_of
from core.datasets.exporting import dataset_as_file
from core.datasets.formats.choice import recognise_format
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.datasets.preview import check, tags_of
from core.files.parsing import parse
from core.files.table import FileLimits
from core.files.writing import to_csv
from core.questions.entry import Entry
from core.questions.text import control_character

ENTRIES = [Entry(id=i, question=f"Question {i}?", answer=f"Answer {i}") for i in range(1, 5)]


def is_storable(text: str) -> bool:
    return control_character(text) is None


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"))).map(str.strip).filter(is_storable)
QUESTIONS = (st.text(st.sampled_from("ab \n\r\t,;|\"'=+-@[]é😀#"), min_size=1).map(str.strip) | TEXTS).filter(
    lambda text: bool(text) and is_storable(text)
)
TEST_QUESTIONS = QUESTIONS.filter(lambda text: any(map(str.isalpha, text)) or not any(map(str.isdecimal, text)))
"""A number beside questions in words is taken for a line of totals, so it is never kept as a test question."""
IDS = st.lists(st.integers(1, 4), unique=True, max_size=3).map(tuple)


@st.composite
def drawn_row(draw: st.DrawFn, line: int) -> TestQuestion:
    meant = draw(IDS)
    plain = draw(st.sampled_from([TO_FALLBACK, UNLABELLED]))
    label = Label(kind=LabelKind.ENTRY, entry_ids=tuple(sorted(meant))) if meant else plain
    return TestQuestion(
        line=line,
        question=draw(TEST_QUESTIONS),
        expected_as_given="as given",
        label=label,
        meant=meant,
        tags=tuple(dict.fromkeys(draw(st.lists(QUESTIONS, max_size=3)))),
        split=draw(TEXTS),
        note=draw(QUESTIONS),
        group=draw(TEXTS),
    )


@given(st.integers(1, 5).flatmap(lambda size: st.tuples(*[drawn_row(line) for line in range(size)])))
def test_a_version_reads_back_as_it_was_whatever_its_texts_hold(rows: tuple[TestQuestion, ...]) -> None:
    file = to_csv(dataset_as_file(as_new(rows), ENTRIES))

    found = recognise_format(parse(file, "dataset.csv", FileLimits()))
    preview = check(found.table, found.mapping, ENTRIES, "A person will call")

    assert preview.bad == ()
    assert [content_of(row) for row in preview.good] == [content_of(row) for row in rows]


@given(st.lists(QUESTIONS, min_size=1, unique=True))
def test_tags_read_back(tags: list[str]) -> None:
    row = TestQuestion(line=2, question="q", expected_as_given="", label=UNLABELLED, tags=tuple(tags))

    (cell,) = dataset_as_file(as_new([row]), ())["tags"]

    assert tags_of(cell) == tuple(tags)
