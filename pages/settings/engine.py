"""The tab on the engine: who decides which answer is meant, and where an own model server is."""

import streamlit as st

from core.bootstrap import frontline
from core.engines.semantic import multilingual
from core.identity.principal import Principal
from core.questions.policy import EngineKind
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
        help=_about(),
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
    asks = frontline().engines.asks_a_server(EngineKind.DEPLOYMENT)
    default = notices.plain(frontline().engines.deployment_name) if asks else "the built-in engine"
    languages = "English and about a hundred other languages" if multilingual.is_installed() else "English"
    return [
        f"Now {default}, as the person who runs Frontline chose it.",
        f"Free, and no question leaves Frontline. It reads {languages}.",
        "OpenAI, or a server that works like it. It is asked each question, and may cost money.",
        "The server is asked, and paid, only where the built-in engine is unsure.",
    ]


def _about() -> str:
    now = notices.plain(frontline().engines.deployment_name)
    known = "" if multilingual.is_installed() else f" For more languages: `{multilingual.INSTALL_COMMAND}`."
    return (
        f"The default engine now: {now}.{known} A model server works as OpenAI’s do: Ollama, vLLM and llama.cpp, "
        "for example."
    )
