"""The app as AppTest runs it: the real script and the real parts, in a fresh data folder for each test."""

import functools
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime import context
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core import bootstrap
from core.api.demo_sign_in import demo_sessions
from core.bootstrap import Frontline
from core.identity.principal import Principal
from core.settings import Settings
from tests.conftest import put_model
from tests.tutorial import build

APP = Path(__file__).resolve().parents[2] / "app.py"


@dataclass
class Client:
    """What Streamlit knows of a browser; AppTest has none."""

    cookies: Mapping[str, str]
    headers: tuple[tuple[str, str], ...] = ()
    remote_ip: str | None = "127.0.0.1"


class Browser:
    """A browser whose cookies reach the script as a real one's do, so that nothing of the gate is left out."""

    def __init__(self, frontline: Frontline, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sessions = demo_sessions(frontline.settings.data_dir)
        self.cookies: dict[str, str] = {}
        monkeypatch.setattr(context, "_get_client_context", lambda: Client(self.cookies))

    def sign_in(self, person: Principal | None) -> None:
        """Take the cookie that the sign-in route gives, or none."""
        self.cookies = {self.sessions.cookie_name: self.sessions.cookie_for(person.user_id)} if person else {}

    def open(
        self,
        page: str = "questions",
        org: str | None = None,
        *,
        person: Principal | None = None,
        query: Mapping[str, object] | None = None,
    ) -> AppTest:
        """A new browser tab on a page, by the name in its address, after one run of the script."""
        if person:
            self.sign_in(person)
        tab = AppTest.from_file(str(APP), default_timeout=60)
        tab.query_params.update({"org": org} if org is not None else {}, **(query or {}))
        return self.go(tab, page)

    def go(self, tab: AppTest, page: str) -> AppTest:
        """Follow the menu to a page."""
        tab.context = {"url": f"http://localhost:8501/{page}"}
        tab._page_hash = calc_hash(page)  # AppTest's switch_page knows only pages that are files
        return tab.run()


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Each new AppTest reads about every installed package whether it has components, which takes longer than a run."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session")
def first_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tutorial's entries in the demo orgs: each test begins with a copy."""
    path = tmp_path_factory.mktemp("first") / "demo.db"
    build(Settings(data_dir=path.parent, database_url=f"sqlite:///{path}")).stop()
    return path


@pytest.fixture
def data_folder(tmp_path: Path, first_database: Path, prepared_model: Path) -> Path:
    """A data folder for this test alone, with a database of its own, in which the embedded engine is prepared."""
    shutil.copy(first_database, tmp_path / first_database.name)
    put_model(prepared_model, tmp_path)
    return tmp_path


@pytest.fixture
def frontline(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Frontline]:
    """The process's Frontline, in a data folder of this test."""
    for name in os.environ:
        if name.startswith(("FRONTLINE_", "PROPELAUTH_", "DATABASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FRONTLINE_DATA_DIR", str(data_folder))
    bootstrap._frontline.cache_clear()
    parts = bootstrap.frontline()
    yield parts
    parts.stop()
    bootstrap._frontline.cache_clear()


@pytest.fixture
def browser(frontline: Frontline, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A browser without any cookie yet."""
    return Browser(frontline, monkeypatch)


def everything(tab: AppTest) -> str:
    """Every text that a run of the script sent to the browser, the sidebar's too, without Markdown's backslashes."""
    sent = "\n".join(str(getattr(node, "proto", "")) for node in tab._tree)
    return re.sub(r"\\\\(?=[!-/:-@\[-`{-~])", "", sent)
