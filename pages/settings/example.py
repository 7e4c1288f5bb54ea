"""An example company on the screen: every word that others see of it."""

import streamlit as st

from core.examples.example import Example
from core.plurals import counted
from core.prompts.companies import ExampleCompany


def size(company: Example | ExampleCompany) -> str:
    """How much it holds, e.g. "3 entries, 2 for a person"."""
    entries = counted(len(company.entries), "entry", "entries")
    negatives = len(company.negatives)
    return f"{entries}, {negatives} for a person" if negatives else entries


def seen(company: Example | ExampleCompany) -> None:
    """Every word of an example, as it is: texts are data."""
    for entry in company.entries:
        question, answer = st.columns(2)
        question.text("\n· ".join(entry.phrasings))
        answer.text(entry.answer)
    if company.negatives:
        question, answer = st.columns(2)
        question.text("\n".join(company.negatives))
        answer.caption("(a person takes over)")
