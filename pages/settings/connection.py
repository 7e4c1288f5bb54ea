"""The model of an own server, which names the server has, and what a test of the connection finds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from core.bootstrap import frontline
from core.errors import EngineFailed, EngineUnavailable, FrontlineError
from core.identity.principal import Principal
from core.questions.policy_fields import POLICY_LABELS
from pages.settings import connection_report, server_key
from pages.settings.form import Form
from pages.settings.unsaved_settings import PAGE
from pages.settings.words import mode_of
from pages.shell import notices, session

if TYPE_CHECKING:
    from core.engines.language.probe import ProbeReport

_OF_THE_SERVER = frozenset({"engine", "base_url", "model", "style"})
_NOT_SO = "It cannot be asked in the way that is chosen."


@dataclass(frozen=True, kw_only=True)
class _KnownServer:
    """What was found out about a server: the models at an address, and what a test of one of them with a key found.

    That is a ``report``, or in ``failure`` why there is none. Of the key only a hash stays here.
    """

    address: str
    models: tuple[str, ...] = ()
    model: str = ""
    key_hash: str = ""
    report: ProbeReport | None = None
    failure: str = ""


def render(principal: Principal, form: Form) -> None:
    """The field for the model, with the server's own names to choose from, and the test for those who may change it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            POLICY_LABELS["model"],
            placeholder=form.hint("gpt-5.4-mini"),
            **form.options("model"),
        )
        wants_names = form.may_change and st.button("List models", key=_key(form, "list_models"))
    if not form.may_change:
        return
    model, key = form.entered["model"], server_key.entered(form)
    if wants_names:
        _look_up(principal, form, form.entered["base_url"], key)
    _choice(form)
    if st.button("Test connection", icon=":material/network_check:", key=_key(form, "test")):
        try:
            _test(principal, form, form.entered["base_url"], key)
        except FrontlineError as error:
            notices.show(error)
    known = _known(form)
    if known and known.model == model and known.key_hash == _hash(key):
        if known.report:
            connection_report.render(known.report, form.entered["style"], model)
        elif known.failure:
            st.error(notices.plain(known.failure), icon=":material/error:")


def trouble(principal: Principal, form: Form, key: str) -> str:
    """Why the server that is about to be saved cannot be used, "" when it can, or when nothing about it is new.

    One that was not tested as it is now is tested first.
    """
    if not form.has_own_server or not (key or _OF_THE_SERVER.intersection(form.unsaved)):
        return ""
    address, model = form.entered["base_url"], form.entered["model"]
    known = _known(form)
    if known is None or (known.model, known.key_hash) != (model, _hash(key)) or not (known.report or known.failure):
        _test(principal, form, address, key)
        known = _known(form)
    if known is None or known.report is None:
        return known.failure if known else ""
    mode = mode_of(form.entered["style"], known.report.mode)
    return "" if known.report.answers_in(mode) else known.report.reasons.get(mode, _NOT_SO)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest() if key else ""


def _choice(form: Form) -> None:
    """The server's models, once they are known: choosing one writes it into the field above."""
    known = _known(form)
    if known is None or not known.models:
        return

    def choose() -> None:
        if chosen := session.widget(picked):
            session.set_widget(form.sheet.key("model"), chosen)
            session.set_widget(picked, None)

    picked = _key(form, "picked_model")
    st.selectbox(
        f"Models of this server ({len(known.models):,})",
        known.models,
        index=None,
        placeholder="Choose one",
        key=picked,
        on_change=choose,
    )


def _look_up(principal: Principal, form: Form, address: str, key: str) -> None:
    try:
        with st.spinner("Asking the server for its models."):
            names = frontline().servers.models(principal, form.org_id, base_url=address, key=key or None)
    except FrontlineError as error:
        notices.show(error)
        return
    if not names:
        st.info("The server does not tell which models it has. Write the name of one.")
    session.put(PAGE, form.org_id, "known", replace(_known(form) or _KnownServer(address=address), models=names))


def _test(principal: Principal, form: Form, address: str, key: str) -> None:
    """Test the server and keep what that found. Raises FrontlineError for what is wrong with the fields themselves."""
    model = form.entered["model"]
    known = replace(
        _known(form) or _KnownServer(address=address), report=None, failure="", model=model, key_hash=_hash(key)
    )
    session.put(PAGE, form.org_id, "known", known)
    try:
        with st.spinner("Asking the server in every way. This takes some seconds."):
            found = frontline().servers.test(principal, form.org_id, base_url=address, model=model, key=key or None)
    except (EngineFailed, EngineUnavailable) as error:
        known = replace(known, failure=str(error))
    else:
        known = replace(known, models=found.models or known.models, report=found)
    session.put(PAGE, form.org_id, "known", known)


def _known(form: Form) -> _KnownServer | None:
    """What was found out about the address that is entered now."""
    known: _KnownServer | None = session.get(PAGE, form.org_id, "known")
    return known if known and known.address == form.entered["base_url"] else None


def _key(form: Form, name: str) -> str:
    return session.key(PAGE, form.org_id, name)
