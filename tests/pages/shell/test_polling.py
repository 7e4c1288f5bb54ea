"""Parts of a page that look again by themselves."""

from collections.abc import Callable

import pytest

from pages.shell import polling


def test_the_page_is_drawn_again_once_all_has_ended_but_not_by_its_own_run_nor_behind_a_dialog(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts: list[Callable[[], None]] = []

    def kept(*, run_every: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
        def keep(part: Callable[[], None]) -> Callable[[], None]:
            parts.append(part)
            return part

        assert run_every == 2.0
        return keep

    drawn: list[str] = []
    dialog, ended = [True], [True]
    monkeypatch.setattr("pages.shell.polling.st.fragment", kept)
    monkeypatch.setattr("pages.shell.polling.st.rerun", lambda: drawn.append("page"))
    monkeypatch.setattr("pages.shell.polling.dialogs.is_open", lambda: dialog[0])

    dialog[0] = False
    polling.until_ended(lambda: ended[0], every=2.0)
    assert drawn == []

    dialog[0] = True
    parts[0]()
    assert drawn == []

    dialog[0], ended[0] = False, False
    parts[0]()
    assert drawn == []

    ended[0] = True
    parts[0]()
    assert drawn == ["page"]
