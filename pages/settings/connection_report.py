"""What a test of the connection found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.engines.language.server_memory import Finding, RequestMode
from core.plurals import counted
from core.questions.policy import Style
from core.questions.policy_fields import POLICY_LABELS
from pages.settings.words import FINDINGS, WAYS, mode_of
from pages.shell import notices

if TYPE_CHECKING:
    from core.engines.language.probe import ProbeReport

_ICONS = {
    Finding.HELD: ":material/check_circle:",
    Finding.FREE: ":material/error:",
    Finding.UNREADABLE: ":material/error:",
    Finding.MISSING: ":material/do_not_disturb_on:",
}


def render(report: ProbeReport, style: Style, model: str) -> None:
    """Whether the server can be asked in the chosen style, has the model, and what it makes of each way."""
    from core.engines.language.missing import is_listed, it_lists  # noqa: PLC0415 - it loads the client for servers

    mode = mode_of(style, report.mode)
    finding = report.findings[mode]
    reason = notices.plain(report.reasons.get(mode, ""))
    if finding is Finding.HELD:
        st.success(f"The server answers, and keeps the model to your answers. {_models(report)}", icon=_ICONS[finding])
    elif finding is Finding.FREE:
        st.warning(
            "The server answers, but does not keep the model to your answers. Frontline checks each reply, so visitors "
            f"get only stored answers all the same, and more questions fail. {_models(report)}",
            icon=_ICONS[finding],
        )
    elif finding is Finding.UNREADABLE:
        st.error(
            f"The server answers, but it did not answer a sample question: {reason} {_models(report)}",
            icon=_ICONS[finding],
        )
    else:
        st.error(
            f"The server answers, but not in the way chosen under “{POLICY_LABELS['style']}”. Choose another one "
            f"there. {reason} {_models(report)}",
            icon=_ICONS[Finding.FREE],
        )
    if report.models and not is_listed(model, report.models):
        st.warning(
            f"The server does not list a model named {notices.plain(model)}. "
            f"{notices.plain(it_lists(report.models))} Look whether the name is right.",
            icon=_ICONS[Finding.FREE],
        )
    st.markdown("  \n".join(_line(one, report.findings[one], taken=one is mode) for one in WAYS))


def _line(mode: RequestMode, finding: Finding, *, taken: bool) -> str:
    words = f"{WAYS[mode]}: {FINDINGS[finding]}"
    return f"{_ICONS[finding]} **{words} (taken)**" if taken else f"{_ICONS[finding]} {words}"


def _models(report: ProbeReport) -> str:
    count = len(report.models)
    if not count:
        return "It does not tell which models it has."
    return f"It has {counted(count, 'model')}."
