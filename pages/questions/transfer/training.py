"""Training files: the table and labelled test questions, for people who tune a model elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.files.writing import safe_file_name
from core.identity.principal import Membership, Permission, Principal
from core.prompts.finetune import FinetuneFiles
from pages.shell import dialogs, downloads, notices, session

PAGE = "questions"
TITLE = "Training files"

_ABOUT = """\
For people who tune a language model elsewhere: two files of conversations that end with your fixed answers, in OpenAI's
chat format (JSON lines). Frontline only writes the files. It starts no training and sends nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Made:
    """What a download will give: files are made again when they are fetched, because they can be large."""

    revision: int
    run_ids: tuple[str, ...]
    train: int
    validation: int
    left_out: tuple[tuple[str, int], ...]


def button(membership: Membership) -> None:
    """The button that leads to the files, for those who may have them."""
    org_id = membership.org_id
    if Permission.EVALUATE not in membership.permissions:
        return
    if st.button(TITLE, icon=":material/model_training:", type="tertiary", key=session.key(PAGE, org_id, "training")):
        session.put(PAGE, org_id, "training_open", value=True)


def dialog(principal: Principal, membership: Membership) -> None:
    """The files, where somebody asked for them."""
    org_id = membership.org_id
    if Permission.EVALUATE not in membership.permissions:
        return
    if session.get(PAGE, org_id, "training_open"):
        dialogs.dialog(TITLE, width="medium", on_dismiss=lambda: _close(org_id))(_dialog)(principal, membership)


def _close(org_id: str) -> None:
    for name in ("training_open", "training_made"):
        session.drop(PAGE, org_id, name)


def _dialog(principal: Principal, membership: Membership) -> None:
    org_id = membership.org_id
    st.markdown(_ABOUT)
    with notices.shown():
        run_ids = _chosen_runs(principal, org_id)
        if st.button("Make the files", type="primary", key=session.key(PAGE, org_id, "training_make")):
            _make(principal, org_id, run_ids)
        made: _Made | None = session.get(PAGE, org_id, "training_made")
        if made is not None and made.run_ids == run_ids:
            _result(principal, membership, made)


def _chosen_runs(principal: Principal, org_id: str) -> tuple[str, ...]:
    runs = {run.run_id: run for run in frontline().training.runs(principal, org_id)}
    chosen = st.multiselect(
        "Add the test questions of these evaluations",
        list(runs),
        format_func=lambda run_id: f"{runs[run_id].name}, {notices.moment(runs[run_id].created_at)}",
        key=session.key(PAGE, org_id, "training_runs"),
        placeholder="None: only the table" if runs else "There is no finished evaluation yet",
        disabled=not runs,
        help="Questions that say what they expect. Those marked as test stay out, so that you can still measure with "
        "them. Answers are those of the table as it is now.",
    )
    return tuple(chosen)


def _make(principal: Principal, org_id: str, run_ids: tuple[str, ...]) -> None:
    session.drop(PAGE, org_id, "training_made")
    revision = frontline().questions.newest_revision(principal, org_id)
    with st.spinner("Making the files…"):
        try:
            files = frontline().training.files(principal, org_id, run_ids=run_ids, revision=revision)
        except FrontlineError as error:
            notices.show(error)
            return
    made = _Made(
        revision=revision,
        run_ids=run_ids,
        train=files.train_count,
        validation=files.validation_count,
        left_out=tuple((words, count) for words, count in _left_out(files) if count),
    )
    session.put(PAGE, org_id, "training_made", made)


def _left_out(files: FinetuneFiles) -> Sequence[tuple[str, int]]:
    return (
        ("Same as another one: kept once", files.repeated),
        ("Says something else than the table, or than another test question", files.contradicting),
        ("Nobody has said what is right (no label)", files.unlabelled),
        ("The expected answer is off, deleted or empty", files.without_answer),
        ("Marked as test: kept for measuring", files.held_out),
    )


def _result(principal: Principal, membership: Membership, made: _Made) -> None:
    def file(which: str) -> Callable[[], bytes]:
        def make() -> bytes:
            files = frontline().training.files(
                principal, membership.org_id, run_ids=made.run_ids, revision=made.revision
            )
            return files.train if which == "training" else files.validation

        return make

    st.caption(f"From the table as last saved (revision {made.revision}):")
    sides = (("training", "To train with", made.train), ("validation", "To check with (validation)", made.validation))
    for column, (which, label, count) in zip(st.columns(2), sides, strict=True):
        with column:
            st.metric(label, f"{count:,}", border=True)
            downloads.button(
                f"Download the {which} file",
                make=downloads.noted(
                    principal, membership.org_id, f"the {which} file of revision {made.revision}", file(which)
                ),
                file_name=safe_file_name(f"{membership.org_name} revision {made.revision} {which}", ".jsonl"),
                mime="application/jsonl",
                disabled=not count,
                help=None if count else "There are too few examples to set some aside.",
                width="stretch",
                key=session.key(PAGE, membership.org_id, f"training_{which}"),
            )
    if made.left_out:
        columns = {"Examples": st.column_config.NumberColumn(format="localized")}
        left_out = pd.DataFrame(made.left_out, columns=["Left out", "Examples"])
        st.dataframe(left_out, hide_index=True, column_config=columns)
