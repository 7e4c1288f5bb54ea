"""What people call the columns of their test questions: the names by which a heading is known.

They stand by themselves, so that whoever looks for the row of headings in a file can ask for them.
"""

import functools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from core.files.table import heading_key

QUESTION = (
    *("question", "userquestion", "testquestion", "customerquestion", "visitorquestion", "text", "input", "utterance"),
    *("query", "prompt", "message", "usermessage", "customermessage", "userinput", "userquery", "userutterance"),
    *("phrase", "sentence", "example", "request", "instruction"),
    *("frage", "kundenfrage", "testfrage", "benutzerfrage", "nutzerfrage", "kundennachricht", "nachricht", "anfrage"),
    *("pregunta", "mensaje", "domanda", "messaggio", "vraag", "pergunta", "mensagem"),
)
"""Names of the column with the questions, the surest first."""

EXPECTED = {
    "expectedid": "id",
    "expectedentryid": "id",
    "expectedanswerid": "id",
    "expectedno": "id",
    "expectedentryno": "id",
    "expectednumber": "id",
    "expectedentrynumber": "id",
    "expectedquestion": "question",
    "erwartetefrage": "question",
    "expectedanswer": "answer",
    "expectedresponse": "answer",
    "expectedreply": "answer",
    "erwarteteantwort": "answer",
    "sollantwort": "answer",
    "expected": "auto",
    "expectedoutput": "auto",
    "expectedentry": "auto",
    "expectedlabel": "auto",
    "expectedintent": "auto",
    "expectedresult": "auto",
    "erwartet": "auto",
    "erwartetesergebnis": "auto",
    "correctanswer": "auto",
    "correctlabel": "auto",
    "correctintent": "auto",
    "rightanswer": "auto",
    "ideal": "auto",
    "idealanswer": "auto",
    "target": "auto",
    "reference": "auto",
    "referenceanswer": "auto",
    "referenceoutput": "auto",
    "groundtruth": "auto",
    "groundtruthanswer": "auto",
    "gold": "auto",
    "goldanswer": "auto",
    "goldlabel": "auto",
    "golden": "auto",
    "goldenanswer": "auto",
    "trueanswer": "auto",
    "truelabel": "auto",
    "trueintent": "auto",
    "label": "auto",
    "labelname": "auto",
    "labeltext": "auto",
    "intent": "auto",
    "intentname": "auto",
    "intentid": "auto",
    "absicht": "auto",
    "class": "auto",
    "classname": "auto",
    "classlabel": "auto",
    "answerid": "id",
    "entryid": "id",
    "answer": "auto",
    "antwort": "auto",
    "respuesta": "auto",
    "risposta": "auto",
    "antwoord": "auto",
    "resposta": "auto",
}
"""Names of the column with what is right, the surest first, and which kind of ``ExpectedKind`` it holds."""

PERHAPS_EXPECTED = (
    *("category", "categorie", "kategorie", "topic", "thema", "faq", "route", "type", "output", "response", "reply"),
    *("solution", "completion", "result", "y"),
)
"""Names of columns that may say what is right, or something else: they are offered, not taken."""

OTHERS = {
    "also_accept": (
        *("alsoaccept", "alsoaccepted", "acceptalso", "alsoright", "alternateroute", "otheranswer", "otherexpected"),
        *("acceptableanswer", "ebenfallsrichtig"),
    ),
    "tags": ("tag", "topic", "category", "schlagwort", "schlagworte", "thema", "kategorie"),
    "split": ("split", "partition", "fold", "subset"),
    "note": ("note", "comment", "remark", "notiz", "kommentar", "bemerkung", "anmerkung"),
    "group": ("group", "conversation", "conversationid", "session", "sessionid", "gruppe", "gespraech", "gespräch"),
}
"""Names of the columns for each other role, the surest first."""


_PATH = re.compile(r"[./]")


@functools.cache
def known_headings() -> frozenset[str]:
    """Every name of a column that has a meaning here, as ``heading_key`` makes them; plurals in "s" fit as well."""
    others = (name for names in OTHERS.values() for name in names)
    return frozenset((*QUESTION, *EXPECTED, *PERHAPS_EXPECTED, *others))


def is_known_heading(heading: str) -> bool:
    """Whether a cell reads like the heading of a column that has a meaning here, whatever its case and punctuation."""
    return not known_headings().isdisjoint(heading_keys(heading))


def heading_keys(heading: str) -> list[str]:
    """The keys by which a heading may be known, the surest first.

    They are the whole, without a plural's "s", and the same of the last part of a path: "inputs.question".
    """
    whole, last = heading_key(heading), heading_key(_PATH.split(heading)[-1])
    keys = (whole, whole.removesuffix("s"), last, last.removesuffix("s"))
    return [key for key in dict.fromkeys(keys) if key]


def columns_by_name(columns: Sequence[str]) -> dict[str, str]:
    """The column for each name that some heading may go by; of several the one that says it most plainly."""
    by_name: dict[str, str] = {}
    for rank in range(4):
        for column in columns:
            for name in heading_keys(column)[rank : rank + 1]:
                by_name.setdefault(name, column)
    return by_name


def first_column(names: Iterable[str], by_name: Mapping[str, str], used: Collection[str | None]) -> str | None:
    """The column of the first of these names that some heading goes by and that is not used yet."""
    return next((by_name[name] for name in names if name in by_name and by_name[name] not in used), None)
