"""What the Settings page says of engines and of the ways to ask them; the values themselves: core.policy_words."""

from collections.abc import Mapping

from core.engines.language.server_memory import Finding, RequestMode
from core.policy_words import ENGINES, STYLES, example_name, said
from core.questions.policy import Style

__all__ = ["ABOUT_STYLES", "ENGINES", "FINDINGS", "STYLES", "WAYS", "example_name", "mode_of", "said"]

ABOUT_STYLES: Mapping[Style, str] = {
    Style.BEST: "Right for nearly everybody. Frontline finds out what the server can do.",
    Style.DECISIONS: "OpenAI’s newest models. Tells best how sure the model is.",
    Style.SCHEMA: "Nearly every server. The model fills in the number of an answer.",
    Style.CHOICE: "vLLM and llama.cpp. The model writes the number of an answer and nothing else.",
    Style.COMPLETION: "Older models on your own servers. The model copies an answer; anything but an exact copy fails.",
    Style.COMPANIES: "The model first sees how other companies answer, then copies an answer. Costs more a question.",
}

WAYS: Mapping[RequestMode, str] = {
    RequestMode.DECISIONS: STYLES[Style.DECISIONS],
    RequestMode.SCHEMA: STYLES[Style.SCHEMA],
    RequestMode.CHOICE: STYLES[Style.CHOICE],
    RequestMode.COMPLETION: STYLES[Style.COMPLETION],
}

FINDINGS: Mapping[Finding, str] = {
    Finding.HELD: "held to your answers",
    Finding.FREE: "answered freely",
    Finding.UNREADABLE: "answered in no form that can be read",
    Finding.MISSING: "not known",
}


def mode_of(style: Style, best: RequestMode) -> RequestMode:
    """The way in which a server is asked in a style; ``best`` is the best one that it knows."""
    if style is Style.BEST:
        return best
    return RequestMode.COMPLETION if style is Style.COMPANIES else RequestMode(style.value)
