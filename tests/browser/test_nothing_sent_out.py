"""The server, asked, uploaded to and run with the built-in engine, speaks to nobody beyond this computer."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.identity.demo import CLOTHING_ORG
from tests.browser.conftest import new_evaluation, open_as, running, streamlit_command
from tests.conftest import free_port, put_model
from tests.network import spoken_to, watched
from tests.tutorial import fill_folder

pytestmark = pytest.mark.browser


def test_a_run_and_its_report_in_the_browser(
    page: Page, tmp_path: Path, prepared_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "TF_BUILD"):  # with these onnxruntime keeps quiet by itself
        monkeypatch.delenv(name, raising=False)
    put_model(prepared_model, tmp_path)
    fill_folder(tmp_path)
    asked = tmp_path / "asked.csv"
    asked.write_text("question,expected_question\nwhen are you open,What are your hours?\n")
    port, trace = free_port(), tmp_path / "trace"

    with running(watched(streamlit_command(port), trace), port, tmp_path) as server:
        open_as(page, f"{server.url}/evaluations?org={CLOTHING_ORG}", "Adam")
        new_evaluation(page)
        page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(asked)
        page.get_by_role("button", name="Run 1 question", exact=True).click()
        with page.expect_download() as report:
            page.get_by_role("button", name="Report", exact=True).click()

    assert report.value.path().stat().st_size > 0
    assert spoken_to(trace) == set()
    assert not list((tmp_path / "home").rglob("*Microsoft*"))
