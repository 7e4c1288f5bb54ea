"""From a threshold, or a promise that it keeps, to the org's settings: what would change, then a save as the Settings
page makes it."""

from dataclasses import dataclass, replace

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.policy_words import at_most, said
from core.questions.policy import Policy
from core.questions.policy_fields import POLICY_LABELS, changed, in_a_sentence, value
from core.questions.revisions import SettingsConflict
from core.questions.service import NOTE_LIMIT
from core.report.texts import cut
from core.runs.analysis import Analysis
from core.runs.run_threshold import settings_for
from core.statistics.numbers import percent
from pages.shell import notices, session

PAGE = "evaluations"


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """A change of the settings that a person has begun: ``stored`` is what they saw, at ``revision``.

    ``theirs`` is what somebody else saved meanwhile, None as long as nobody did.
    """

    threshold: float
    revision: int
    stored: Policy
    wanted: Policy
    theirs: Policy | None = None

    @property
    def most_wrong(self) -> int | None:
        """Of 100 visitors, what the settings promise then; None where no promise is a part of the change."""
        promise = self.wanted.promise
        return promise.most_wrong if promise and promise != self.stored.promise else None


@dataclass(frozen=True, kw_only=True)
class _Case:
    """Who looks at which run, and what they are offered: the threshold ``chosen``, or where ``most_wrong`` is given the
    promise that at most so many of 100 visitors get a wrong answer."""

    principal: Principal
    org_id: str
    analysis: Analysis
    chosen: float
    most_wrong: int | None

    @property
    def _name(self) -> str:
        begun = "using" if self.most_wrong is None else "promising"
        return f"{begun}_{self.analysis.results.run.run_id}"

    @property
    def action(self) -> str:
        """What the button says."""
        return f"Use {percent(self.chosen)}" if self.most_wrong is None else "Promise this"

    @property
    def plan(self) -> _Plan | None:
        """What the person has begun."""
        found: _Plan | None = session.get(PAGE, self.org_id, self._name)
        return found

    def keep(self, plan: _Plan | None) -> None:
        """Remember a plan, or forget it."""
        if plan is None:
            session.drop(PAGE, self.org_id, self._name)
        else:
            session.put(PAGE, self.org_id, self._name, plan)

    def key(self, name: str) -> str:
        """The session's key of a widget."""
        return session.key(PAGE, self.org_id, f"{name}_{self._name}")


def render(
    principal: Principal, membership: Membership, analysis: Analysis, chosen: float, most_wrong: int | None = None
) -> None:
    """The button, and once it is pressed what a save would change.

    ``most_wrong`` makes it the promise that at most so many of 100 visitors get a wrong answer, which ``chosen`` keeps.
    """
    case = _Case(principal=principal, org_id=membership.org_id, analysis=analysis, chosen=chosen, most_wrong=most_wrong)
    if Permission.MANAGE not in membership.permissions:
        st.button(case.action, disabled=True, key=case.key("use"))
        role = notices.plain(membership.role)
        can = case.action[0].lower() + case.action[1:]
        st.caption(f"Your role here ({role}) may not change the settings. An owner can {can}.")
        return
    plan = case.plan
    if plan is not None and (plan.threshold, plan.most_wrong) == (chosen, most_wrong):
        with st.container(border=True):
            _planned(case, plan)
    elif st.button(case.action, icon=":material/tune:", key=case.key("use")):
        plan = _begun(case, chosen)
        case.keep(plan)
        if plan is not None:
            st.rerun()


def _begun(case: _Case, chosen: float) -> _Plan | None:
    """What would have to change in the settings of now; None, and words for it, where nothing can or has to."""
    newest = frontline().questions.table(case.principal, case.org_id)
    try:
        wanted = _wanted(case, chosen, newest.policy)
    except FrontlineError as error:
        notices.show(error)
        return None
    if wanted == newest.policy:
        so = f"answers are given from {percent(chosen)} on" if case.most_wrong is None else "you promise this"
        st.info(f"The settings are the same already: {so}.", icon=":material/check:")
        return None
    return _Plan(threshold=chosen, revision=newest.revision, stored=newest.policy, wanted=wanted)


def _wanted(case: _Case, chosen: float, policy: Policy) -> Policy:
    if case.most_wrong is None:
        engine = frontline().engines.engine_for(case.org_id, policy.model)
        return settings_for(chosen, run=case.analysis.results.run, policy=policy, engine=engine)
    promises = frontline().promises
    promise = promises.offered(case.principal, case.org_id, case.analysis, case.most_wrong)
    return promises.settings_with(case.principal, case.org_id, promise) if promise else policy


def _planned(case: _Case, plan: _Plan) -> None:
    st.markdown(f"**{_headline(case, plan)}** This changes the settings:")
    before = plan.theirs or plan.stored
    if plan.theirs is not None:
        notices.show(SettingsConflict(plan.theirs))
        mine = changed(plan.theirs, plan.wanted)
        kept = [in_a_sentence(one) for one in changed(plan.stored, plan.theirs) if one not in mine]
        if kept:
            st.caption(f"Changed meanwhile, and kept: {', '.join(kept)}.")
    for field in changed(before, plan.wanted):
        label, now, then = st.columns(3)
        label.markdown(f"**{POLICY_LABELS[field]}**")
        now.caption("Now")
        now.text(said(field, value(before, field)))
        then.caption("Then")
        then.text(said(field, value(plan.wanted, field)))
    newest = frontline().questions.table(case.principal, case.org_id)
    if case.most_wrong is None and newest.entries != tuple(case.analysis.results.entries):
        st.caption("The questions and answers were changed since this evaluation: what it promises may not hold now.")
    note = st.text_input("Note", key=case.key("note"), placeholder="Why (optional)")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", key=case.key("cancel")):
            case.keep(None)
            st.rerun()
        label_of = "Save all the same" if plan.theirs is not None else "Save"
        pressed = st.button(label_of, type="primary", key=case.key("save"))
    if pressed:
        _save(case, plan, note or "")


def _headline(case: _Case, plan: _Plan) -> str:
    if case.most_wrong is None:
        return f"Visitors get an answer from {percent(plan.threshold)} on."
    return f"You promise that {at_most(case.most_wrong)}."


def _save(case: _Case, plan: _Plan, note: str) -> None:
    run = case.analysis.results.run
    what = f"Answers from {percent(plan.threshold)} on"
    if case.most_wrong is not None:
        what = f"Promise: {at_most(case.most_wrong)}"
    usual = cut(f"{what}, as the evaluation “{run.name}” found", NOTE_LIMIT)
    try:
        revision = frontline().questions.save_settings(
            case.principal, case.org_id, base_revision=plan.revision, policy=plan.wanted, note=note or usual
        )
    except SettingsConflict:
        _put_on_top(case, plan)
    except FrontlineError as error:
        notices.show(error)
    else:
        case.keep(None)
        session.say(f"Saved as revision {revision.number}" if revision else "The settings are the same already")
        st.rerun()


def _put_on_top(case: _Case, plan: _Plan) -> None:
    """Plan the same anew on the settings that somebody else saved, for the person to look at."""
    again = _begun(case, plan.threshold)
    case.keep(replace(again, stored=plan.stored, theirs=again.stored) if again else None)
    if again:
        st.rerun()
