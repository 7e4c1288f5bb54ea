"""Overview: where an organisation stands."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.errors import FrontlineError
from core.health.service import TableHealth
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.questions.policy import EngineKind
from core.spending.service import Spending
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_page import FILE, finished, wait_until

ORG = CLOTHING_ORG


def headings(tab: AppTest) -> list[str]:
    return [header.value for header in tab.header]


def steps(tab: AppTest) -> list[str]:
    """The lines of the first steps, each with its number or its tick."""
    bold = [node.value.replace("\\", "") for node in tab.markdown if node.value.endswith("**")]
    return [words for words in bold if words.startswith((":green", "1.", "2.", "3."))]


def links(tab: AppTest) -> dict[str, tuple[str, str]]:
    """The page and the query to which each link of the page leads, by its words."""
    found = [node.proto for node in tab.main if node.type == "page_link"]
    return {link.label.replace("\\", ""): (link.page, link.query_string) for link in found}


def empty(frontline: Frontline) -> None:
    entries = frontline.questions.table(OWNER, ORG).entries
    deleted = frozenset(entry.id for entry in entries)
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=deleted))
    frontline.table_health.glance(OWNER, ORG)  # so that the page has read it already


def run(frontline: Frontline) -> str:
    ready = frontline.intake.check(ADMIN, ORG, frontline.intake.read(ADMIN, ORG, FILE, "tests.csv"))
    run_id = frontline.intake.start(ADMIN, ORG, ready).run_id
    finished(frontline)
    wait_until(lambda: not any(one.looking for one in frontline.track_record.glance(MEMBER, ORG)))
    return run_id


def test_a_new_organisation_sees_three_steps_and_nothing_else(browser: Browser, frontline: Frontline) -> None:
    empty(frontline)

    tab = browser.open("overview", ORG, person=ADMIN)

    assert headings(tab) == ["First steps"]
    assert steps(tab) == ["1. **Bring your answers**", "2. **Try them**", "3. **Test them**"]
    assert links(tab) == {
        "Import a file": ("questions", "view=Import"),
        "Ask a question": ("ask", ""),
        "Run test questions": ("evaluations", ""),
    }


def test_a_step_that_is_done_is_ticked_and_all_go_once_all_are(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("overview", ORG, person=ADMIN)
    done = ":green[:material/check_circle:]"
    assert steps(tab) == [f"{done} **Bring your answers**", "2. **Try them**", "3. **Test them**"]
    browser.go(tab, "ask")
    tab.text_input(key=f"ask.{ORG}.question").set_value("What are your hours?")
    next(button for button in tab.button if button.label == "Ask").click().run()
    assert steps(browser.go(tab, "overview"))[1] == f"{done} **Try them**"

    run(frontline)

    cards = ["What visitors get", "Latest evaluation", "Health of the table", "Spending this month"]
    assert headings(tab.run()) == cards


def test_a_member_is_not_offered_what_they_may_not_do(browser: Browser, frontline: Frontline) -> None:
    empty(frontline)

    tab = browser.open("overview", ORG, person=MEMBER)

    assert links(tab) == {"Ask a question": ("ask", "")}
    assert everything(tab).count("an admin or owner can") == 2


def test_each_number_leads_to_where_it_comes_from(browser: Browser, frontline: Frontline) -> None:
    run_id = run(frontline)
    frontline.table_health.glance(OWNER, ORG, wait=60)

    tab = browser.open("overview", ORG, person=MEMBER)

    health = frontline.table_health.glance(OWNER, ORG).report
    assert links(tab)["Up to date"] == ("questions", "")
    assert links(tab)["33 % right"] == ("evaluations", f"run={run_id}")
    assert ("questions", "view=Health") in links(tab).values()
    assert links(tab)["Costs nothing"] == ("settings", "show=engine")
    shown = everything(tab)
    assert "The built-in engine answers." in shown
    assert "$0.00" not in shown
    assert "Likely 6–80 %, from 3 test questions" in shown
    assert "Visitors get revision 1, of" in shown
    assert health.found is not None
    assert health.found.left_out.words in shown


def test_where_a_model_server_answers_spending_is_told_with_its_limit(browser: Browser, frontline: Frontline) -> None:
    table = frontline.questions.table(OWNER, ORG)
    model = replace(
        table.policy.model, engine=EngineKind.SERVER, base_url="https://api.openai.com/v1", model="gpt-5.4-mini"
    )
    policy = replace(table.policy, model=model)
    frontline.questions.save_settings(OWNER, ORG, base_revision=table.revision, policy=policy)

    tab = browser.open("overview", ORG, person=MEMBER)

    assert links(tab)["$0.00 of $25.00"] == ("settings", "show=limits")


def test_saves_that_wait_and_results_of_an_older_table_are_said(browser: Browser, frontline: Frontline) -> None:
    run(frontline)
    frontline.publishing.publish_by_hand(OWNER, ORG)
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "New"}}))

    tab = browser.open("overview", ORG, person=MEMBER)

    assert links(tab)["See the save that waits"] == ("questions", "view=History")
    shown = everything(tab)
    assert links(tab)[":orange[1 save not live]"] == ("questions", "")
    assert "Visitors get revision 1, of" in shown
    assert "Publish…" not in [button.label for button in tab.button]
    assert "These are results of revision 1. The table and the settings are at revision 2 now." in shown


def test_who_may_publish_does_so_from_here(browser: Browser, frontline: Frontline) -> None:
    frontline.publishing.publish_by_hand(OWNER, ORG)
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "New"}}))
    tab = browser.open("overview", ORG, person=ADMIN)

    for label in ("Publish…", "Publish"):
        next(button for button in tab.button if button.label == label).click().run()

    assert frontline.publishing.state(OWNER, ORG).live == 2
    assert "Up to date" in links(tab.run())


def test_the_trend_says_no_more_than_the_comparison(browser: Browser, frontline: Frontline) -> None:
    for _ in range(2):
        run(frontline)

    tab = browser.open("overview", ORG, person=MEMBER)

    assert "No clear difference at this size, against the one before (revision 1)" in everything(tab)


def test_a_card_that_cannot_be_had_says_so_and_the_others_are_there(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise FrontlineError("The database cannot be reached just now.")

    monkeypatch.setattr(Spending, "month", down)

    tab = browser.open("overview", ORG, person=OWNER)

    assert [error.value for error in tab.error] == ["The database cannot be reached just now\\."]
    assert "Up to date" in links(tab)


def test_a_table_that_is_still_being_read_is_said_to_be(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TableHealth, "at_hand", lambda *_, **__: None)

    tab = browser.open("overview", ORG, person=OWNER)

    assert links(tab)["Looking …"] == ("questions", "view=Health")
    assert "Reading the table …" in everything(tab)
    assert "Up to date" in links(tab)


def test_the_address_opens_a_view_of_the_table(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=ADMIN, query={"view": "History"})

    assert [group.value for group in tab.button_group if group.label == "View"] == ["History"]
    assert "view" not in tab.query_params
