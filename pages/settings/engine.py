"""The tab on the engine: who decides which answer is meant, and where an own model server is."""

import streamlit as st

from core.bootstrap import frontline
from core.engines.semantic import multilingual, reach
from core.identity.principal import Principal
from core.questions.policy_fields import POLICY_LABELS
from pages.settings import connection, server_key
from pages.settings.form import Form
from pages.settings.words import ENGINES
from pages.shell import notices


def render(principal: Principal, form: Form) -> None:
    """The choice and, for an own server, its fields."""
    st.radio(
        "Who decides which answer is meant",
        list(ENGINES),
        format_func=ENGINES.__getitem__,
        captions=_captions(),
        **form.options("engine"),
    )
    if not form.has_own_server:
        return
    with st.container(border=True):
        st.text_input(
            POLICY_LABELS["base_url"],
            help="Ends in /v1 with most servers; Azure’s older ones in ?api-version=…",
            placeholder=form.hint("https://api.openai.com/v1"),
            **form.options("base_url"),
        )
        if form.may_change:
            server_key.render(principal, form)
        connection.render(principal, form)


def _captions() -> list[str]:
    now = notices.plain(frontline().engines.deployment_name)
    return [
        f"At present: {now}. The person who runs Frontline can change it.",
        f"Runs inside Frontline: no question leaves it, and it costs nothing. It reads {reach.languages()}."
        + ("" if multilingual.is_installed() else f" For others: `{multilingual.INSTALL_COMMAND}`, or a model server."),
        "OpenAI, or a server that speaks the same language, such as Ollama, vLLM or llama.cpp.",
        "The built-in engine answers what it is sure of, and hands over what is far from every stored question. The "
        "model decides the rest: it is asked, and paid, only for these.",
    ]
