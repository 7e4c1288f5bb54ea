"""Pictures of the app: of the documentation, ``python -m tests.pictures [FOLDER]``, or of every page and view in both
themes and three sizes, ``python -m tests.pictures --all FOLDER [VIEW …]``.

Its server has the demo organisations, and two evaluations of the sample questions in one of them: before and after the
other phrasings were added. Open each picture afterwards: a script does not see what is misaligned.
"""

import argparse
import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, ViewportSize, sync_playwright

from core.settings import PROJECT
from tests.browser.conftest import (
    CHROMIUM_OPTIONS,
    CONTEXTS_OF_PHONES,
    PATIENCE_SECONDS,
    running,
    settled,
    streamlit_command,
)
from tests.browser.views import ACCOUNT_VIEWS, SCHEMES, VIEWS, View, filled_server, leave, theme
from tests.conftest import free_port
from tests.propelauth_server import propelauth_server

LAPTOP: ViewportSize = {"width": 1280, "height": 800}
SCREEN: ViewportSize = {"width": 1600, "height": 1000}
DOCUMENTED: Mapping[str, str] = {
    "questions": "questions-unsaved",
    "entry": "entry",
    "ask": "ask",
    "results": "run",
    "compare": "run-compare",
    "settings": "settings-engine",
}
"""The documentation's pictures, and the view that each shows."""
_HEIGHT = """() => Math.max(...[...document.querySelectorAll('[data-testid="stMain"], [role="dialog"]')]
    .map(each => each.scrollHeight + 2 * each.getBoundingClientRect().top))"""

_CHARTS_FIT = """() => [...document.querySelectorAll('.stVegaLiteChart')].every(each => {
    if (each.closest('details:not([open])')) return true;
    const drawn = each.querySelector('canvas, svg');
    return drawn && Math.abs(drawn.getBoundingClientRect().width - each.getBoundingClientRect().width) < 2;
})"""
"""A chart follows a change of the window's width a fifth of a second later; one that is folded in, once it is seen."""


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Pictures of the app, to document it or to look at it.")
    parser.add_argument("--all", action="store_true", help="every view, in both themes and three sizes")
    parser.add_argument("folder", nargs="?", type=Path, default=PROJECT / ".docs")
    parser.add_argument("views", nargs="*", metavar="VIEW", help="with --all: only these views")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM_OPTIONS))
        if not asked.all:
            with demo_server() as url:
                document(browser, url, asked.folder)
            return
        wanted = asked.views or [*VIEWS, *ACCOUNT_VIEWS]
        for views, server in ((VIEWS, demo_server), (ACCOUNT_VIEWS, account_server)):
            if found := {name: view for name, view in views.items() if name in wanted}:
                with server() as url:
                    every(browser, url, asked.folder, found)


@contextlib.contextmanager
def demo_server() -> Iterator[str]:
    """The address of a server with real content, where the demo people sign in."""
    with tempfile.TemporaryDirectory() as data, filled_server(Path(data)) as server:
        yield server.url


@contextlib.contextmanager
def account_server() -> Iterator[str]:
    """The address of a server where people sign in with PropelAuth; one, who belongs to no organisation."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data, propelauth_server() as propelauth:
        propelauth.user("Nora")
        pairs = [f"{name}={value}" for name, value in propelauth.environment(f"http://localhost:{port}").items()]
        with running(["env", *pairs, *streamlit_command(port)], port, Path(data)) as server:
            yield server.url


def document(browser: Browser, url: str, folder: Path) -> None:
    """The pictures of the documentation."""
    with tab(browser, viewport=LAPTOP) as page:
        for name, view in DOCUMENTED.items():
            VIEWS[view](page, url)
            take(page, folder / f"{name}.png")
            leave(page, view)


def every(browser: Browser, url: str, folder: Path, views: Mapping[str, View]) -> None:
    """Each view whole, in both themes and three sizes; it is opened once in a window, and once on a phone."""
    with tab(browser, viewport=LAPTOP) as page:
        _walk(page, url, folder, views, (LAPTOP, SCREEN))
    phone: dict[str, Any] = CONTEXTS_OF_PHONES["phone"]
    with tab(browser, **phone) as page:
        _walk(page, url, folder, views, (phone["viewport"],))


def _walk(page: Page, url: str, folder: Path, views: Mapping[str, View], sizes: Sequence[ViewportSize]) -> None:
    for name, view in views.items():
        try:
            view(page, url)
        except (AssertionError, Error) as error:
            print(f"{name} cannot be shown: {error}")
            continue
        for scheme in SCHEMES:
            theme(page, scheme)
            for pixels in sizes:
                whole(page, pixels, folder / f"{name}-{pixels['width']}-{scheme}.png")
        leave(page, name)


@contextlib.contextmanager
def tab(browser: Browser, **options: Any) -> Iterator[Page]:
    """A tab of a new window or phone."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * PATIENCE_SECONDS)
    yield context.new_page()
    context.close()


def take(page: Page, path: Path) -> None:
    """What is on the screen, once nothing moves."""
    page.mouse.move(
        (page.viewport_size or LAPTOP)["width"] / 2, 5
    )  # so that nothing is told of what lies below the pointer
    settled(page)
    page.wait_for_function(_CHARTS_FIT)
    page.screenshot(path=path)
    print(path)


def whole(page: Page, pixels: ViewportSize, path: Path) -> None:
    """The whole view, in a window of this size that is made as high as it takes."""
    page.set_viewport_size(pixels)
    settled(page)
    page.set_viewport_size({"width": pixels["width"], "height": max(pixels["height"], page.evaluate(_HEIGHT))})
    take(page, path)
    page.set_viewport_size(pixels)


if __name__ == "__main__":
    main()
