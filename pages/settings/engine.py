"""The section on the engine: who decides which answer is meant, and where an own model server is."""

import streamlit as st

from core.bootstrap import frontline
from core.engines.semantic import multilingual, reach
from core.identity.principal import Principal
from core.questions.policy import OWN_SERVER, EngineKind
from core.questions.policy_fields import POLICY_LABELS
from pages.settings import connection, server_key
from pages.settings.form import Form
from pages.settings.words import ENGINES
from pages.shell import notices


def render(principal: Principal, form: Form) -> str:
    """The choice and, for an own server, its fields; returns the key that was entered, empty when none was."""
    st.header("Engine", anchor=False)
    kind = st.radio(
        "Who decides which answer is meant",
        list(ENGINES),
        format_func=ENGINES.__getitem__,
        captions=_captions(),
        **form.options("engine"),
    )
    form.put("engine", kind)
    if kind not in OWN_SERVER:
        return ""
    with st.container(border=True):
        address = _line(
            form,
            "base_url",
            "Ends in /v1 with most servers; Azure’s older ones in ?api-version=…",
            placeholder=form.hint("https://api.openai.com/v1"),
        )
        key = server_key.render(principal, form, address) if form.may_change else ""
        connection.render(principal, form, address, key)
    return key


def asks_a_server(form: Form) -> bool:
    """Whether the chosen engine is a model server, and so has a prompt and limits."""
    return is_a_server(form.entered["engine"])


def is_a_server(kind: EngineKind) -> bool:
    """Whether this engine is a model server, for some questions or all."""
    return kind in OWN_SERVER or (kind is EngineKind.DEPLOYMENT and frontline().settings.engine is not None)


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


def _line(form: Form, name: str, help: str, placeholder: str) -> str:
    text: str = st.text_input(POLICY_LABELS[name], help=help, placeholder=placeholder, **form.options(name))
    form.put(name, entered := text.strip())
    return entered
