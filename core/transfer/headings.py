"""What people call the columns of their questions and answers, beyond what test questions have."""

import functools

from core.datasets import heading_names
from core.files.table import KnownHeadings

QUESTION = (
    *("question", "frequentlyaskedquestion", "q", "faq", "title"),
    *(name for name in heading_names.QUESTION if name != "question"),
)
ANSWER = (
    *("answer", "a", "response", "reply", "solution", "output", "completion", "cannedresponse", "answertext"),
    *("antwort", "respuesta", "réponse", "reponse", "risposta", "antwoord", "resposta", "content", "body"),
)
ALTERNATES = (
    *("alternate", "otherphrasing", "alternatephrasing", "phrasing", "alternatequestion", "otherquestion", "variant"),
    *("variation", "synonym", "alternative", "alternativequestion", "trainingphrase", "variante", "varianten"),
    "weitereformulierungen",
)
TAGS = (*heading_names.OTHERS["tags"], "label", "group", "section", "metadata")
ENABLED = ("enabled", "on", "active", "aktiv", "status", "published")
NUMBER = ("id", "no", "nr", "number", "entry", "entryid", "entryno", "nummer")
"""Names of the columns for each role, the surest first, as ``core.files.table.heading_key`` writes them."""
ENDINGS = {"question": ("question", "frage", "pregunta"), "answer": ("answer", "antwort", "respuesta", "response")}
"""How a longer name of a column ends: "Bot answer", "Standardantwort"."""
ON = ("yes", "true", "1", "on", "y", "x", "ja", "active", "aktiv", "enabled", "published", "live", "oui", "si", "sí")
OFF = ("no", "false", "0", "off", "n", "nein", "inactive", "inaktiv", "disabled", "draft", "archived", "non")
"""What says in a cell whether an entry is on."""

_OF_FORMATS = ("qnaid", "source", "qid", "intentdisplayname", "language", "iscontextonly", "suggestedquestions")


def _texts() -> frozenset[str]:
    """The columns whose cells mean themselves, also where they hold objects of JSON: in the plural or numbered too."""
    names = {*QUESTION, *ANSWER, *ALTERNATES, *TAGS, "phrase", "column", "t"}  # "t" is what QnABot calls its topic
    return frozenset(f"{name}{s}{i}" for name in names for s in ("", "s") for i in ("", *range(1, 101)))


@functools.cache
def known_headings() -> KnownHeadings:
    """Those that mean something in a file of questions and answers, for whoever looks for them."""
    numbered = (f"{name}{i}" for name in ("question", "q", *ALTERNATES[:2]) for i in range(1, 10))
    return KnownHeadings(
        needed=frozenset(name for name in (*QUESTION, *ANSWER) if len(name) > 1),  # a cell may well be "A"
        texts=_texts(),
        others=frozenset({*ALTERNATES, *TAGS, *ENABLED, *NUMBER, *_OF_FORMATS, *numbered}),
    )
