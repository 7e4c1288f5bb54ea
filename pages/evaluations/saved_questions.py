"""Test questions that were kept: which to run again, in which version, and what else can be done with them."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.bootstrap import frontline
from core.datasets.dataset import Dataset, Version
from core.datasets.intake import RunInput
from core.errors import FrontlineError
from core.files.writing import safe_file_name
from core.identity.principal import Principal
from core.plurals import counted
from core.runs.ledger import DatasetRef
from pages.shell import downloads, notices, session

PAGE = "evaluations"


@dataclass(frozen=True)
class _CheckedVersion:
    """A version that was checked against a revision, with or without the rows that are in the table."""

    of: tuple[DatasetRef, bool, int]
    ready: RunInput


def render(principal: Principal, org_id: str, datasets: list[Dataset]) -> RunInput | None:
    """The choice of a dataset and its version, and its rows once they are checked."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by_id = {dataset.dataset_id: dataset for dataset in datasets}
        chosen = st.selectbox(
            "Test questions",
            list(by_id),
            format_func=lambda dataset_id: f"{by_id[dataset_id].name} ({by_id[dataset_id].rows:,})",
            key=session.key(PAGE, org_id, "dataset"),
        )
        dataset = by_id[chosen]
        versions = frontline().datasets.versions(principal, org_id, dataset.dataset_id)
        version = st.selectbox(
            "Version",
            versions,
            format_func=in_words,
            key=session.key(PAGE, org_id, f"version_{dataset.dataset_id}_{dataset.version}"),
        )
        with st.popover("More", icon=":material/more_horiz:"):
            _manage(principal, org_id, dataset, version)
    ref = DatasetRef(dataset.dataset_id, version.number)
    with_known = bool(session.widget(_known_key(org_id, ref)))
    ready = _checked(principal, org_id, ref, with_known=with_known)
    if ready is not None and ready.known:
        _known(org_id, ref, ready.known)
    return ready


def in_words(version: Version) -> str:
    """A version for people, e.g. "3 · label of line 12 corrected · Adam, 3 Mar 2026, 14:05"."""
    return f"{version.number} · {version.note} · {version.author}, {notices.moment(version.at)}"


def _known(org_id: str, ref: DatasetRef, known: int) -> None:
    questions = f"{counted(known, 'question')} {'is' if known == 1 else 'are'}"
    st.toggle(
        f"{questions} left out, as the phrasing was added to the table. Run it all the same",
        key=_known_key(org_id, ref),
        help="The bot knows these phrasings by now, so they test nothing. When you run them, By tag shows them apart "
        "under the tag “in the table”.",
    )


def _known_key(org_id: str, ref: DatasetRef) -> str:
    return session.key(PAGE, org_id, f"with_known_{ref.dataset_id}_{ref.version}")


def _checked(principal: Principal, org_id: str, ref: DatasetRef, *, with_known: bool) -> RunInput | None:
    try:
        of = (ref, with_known, frontline().questions.newest_revision(principal, org_id))
        kept: _CheckedVersion | None = session.get(PAGE, org_id, "saved")
        if kept is not None and kept.of == of:
            return kept.ready
        with st.spinner("Checking the rows…"):
            found = frontline().intake.kept(principal, org_id, ref.dataset_id, ref.version, with_known=with_known)
    except FrontlineError as error:
        notices.show(error)
        return None
    session.put(PAGE, org_id, "saved", _CheckedVersion((ref, with_known, found.revision), found))
    return found


def _manage(principal: Principal, org_id: str, dataset: Dataset, version: Version) -> None:
    def make() -> bytes:
        return frontline().datasets.export(principal, org_id, dataset.dataset_id, version.number)

    what = f"test questions “{dataset.name}”, version {version.number}"
    downloads.button(
        f"Download version {version.number}",
        make=downloads.noted(principal, org_id, what, make),
        file_name=safe_file_name(f"{dataset.name} version {version.number}", ".csv"),
        key=session.key(PAGE, org_id, "get_dataset"),
        help="A spreadsheet that you can change and upload again",
    )
    name = st.text_input(
        "Name",
        value=dataset.name,
        key=session.key(PAGE, org_id, f"rename_{dataset.dataset_id}_{dataset.name}"),
    )
    datasets = frontline().datasets
    if st.button("Rename", key=session.key(PAGE, org_id, "rename")):
        _done(lambda: datasets.rename(principal, org_id, dataset.dataset_id, name), "Renamed")
    st.divider()
    st.caption("No longer offers them here. Evaluations that used them stay as they are.")
    if st.button("Take off this list", key=session.key(PAGE, org_id, "archive")):
        _done(lambda: datasets.archive(principal, org_id, dataset.dataset_id), "Taken off the list")


def _done(act: Callable[[], None], words: str) -> None:
    try:
        act()
    except FrontlineError as error:
        notices.show(error)
    else:
        session.say(words)
        st.rerun()
