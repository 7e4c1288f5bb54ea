"""The first steps of a new organisation: bring answers, try them, test them."""

from dataclasses import dataclass

import streamlit as st

from core.identity.principal import Membership, Permission
from pages.shell import page_links, session


@dataclass(frozen=True, kw_only=True)
class _Step:
    title: str
    words: str
    done: bool
    label: str
    url_path: str
    needs: Permission
    query: dict[str, str] | None = None


def render(membership: Membership, *, has_answers: bool, was_tested: bool) -> None:
    """The three steps, ticked where they are done; nothing once all are."""
    steps = (
        _Step(
            title="Bring your answers",
            words="Import a file, or write the first entries into the table.",
            done=has_answers,
            label="Import a file",
            url_path="questions",
            needs=Permission.EDIT,
            query={"view": "Import"},
        ),
        _Step(
            title="Try them",
            words="Ask as a visitor would, and see which answer they get and why.",
            done=was_tested or _tried(membership.org_id),
            label="Ask a question",
            url_path="ask",
            needs=Permission.ASK,
        ),
        _Step(
            title="Test them",
            words="Run a file of test questions: how many end right, and how sure is that?",
            done=was_tested,
            label="Run test questions",
            url_path="evaluations",
            needs=Permission.EVALUATE,
        ),
    )
    if all(step.done for step in steps):
        return
    following = next(step for step in steps if not step.done)
    with st.container(border=True, key="overview-steps"):
        st.header("First steps", anchor=False)
        for place, step in enumerate(steps, 1):
            _step(place, step, membership, is_next=step is following)


def _step(place: int, step: _Step, membership: Membership, *, is_next: bool) -> None:
    """A line: what to do, and the way to it; the next one stands out."""
    part = "next" if is_next else "done" if step.done else "later"
    with st.container(horizontal=True, vertical_alignment="center", key=f"overview-step-{part}-{place}"):
        with st.container(gap="xxsmall"):
            mark = ":green[:material/check_circle:]" if step.done else rf"{place}\."  # else it would be a list
            st.markdown(f"{mark} **{step.title}**")
            if not step.done:
                st.caption(step.words)
        if step.done:
            st.caption("Done", width="content")
        elif step.needs not in membership.permissions:
            st.caption("Your role here does not do this: an admin or owner can.", width="content")
        else:
            page_links.link(step.url_path, step.label, icon=":material/arrow_forward:", query=step.query)


def _tried(org_id: str) -> bool:
    """Whether this person asked something since they came."""
    return bool(session.get("ask", org_id, "replies") or session.get("chat", org_id, "result"))
