"""A section on the page: the same words as in the report, whatever signs they hold."""

import json

from streamlit.testing.v1 import AppTest

from core.report import list_sections
from core.report.section import Kind
from pages.evaluations import section_view
from tests.core.report.runs import random_run
from tests.pages.conftest import everything


def test_only_what_matters_most_is_strong_and_no_text_of_a_person_is_markup() -> None:
    assert section_view.words("**80 %** for $5 and $6") == r"**80 \%** for \$5 and \$6"
    assert section_view.words("“*you* :red[now]”") == r"“\*you\* \:red\[now\]”"


def test_the_page_says_what_the_report_says() -> None:
    def script() -> None:
        from core.report import list_sections
        from pages.evaluations import section_view
        from tests.core.report.runs import random_run

        section_view.render(list_sections.entries(random_run(1, 60)))

    tab = AppTest.from_function(script).run()
    section = list_sections.entries(random_run(1, 60))

    assert not tab.exception
    shown = everything(tab)
    assert section.finding in shown
    assert section.statistics is not None
    assert [part.title for part in section.parts] == ["By entry", "Statistics"]
    for at, part in enumerate(section.parts):
        assert all(words in shown for words in (*part.sentences, *part.notes))
        (table,) = part.tables
        assert tab.dataframe[at].value["Entry"].tolist() == [row[0] for row in table.rows]
    assert tab.dataframe[1].value["Recall"].max() > 1  # in per cent
    assert [fold.label for fold in tab.expander] == ["Statistics"]
    columns = json.loads(tab.dataframe[0].proto.columns)
    counts = [column.name for column in section.tables[0].columns if column.kind is Kind.COUNT]
    assert counts
    assert {columns[name]["type_config"]["format"] for name in counts} == {"localized"}  # 1,234 and not 1234
