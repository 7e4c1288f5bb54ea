"""What puts a finding right: changes of a table, to be saved like any others."""

from core.errors import NotFound
from core.health.findings import SameQuestion
from core.questions.changes import Changes
from core.questions.entry import Entry
from core.questions.text import same_question_key


def merged(keep: Entry, gone: Entry) -> Changes:
    """``keep`` gets the phrasings and tags of ``gone``, which is deleted with its answer."""
    known = set(map(same_question_key, keep.phrasings))
    more = []
    for text in gone.phrasings:
        if same_question_key(text) not in known:
            known.add(same_question_key(text))
            more.append(text)
    fields = {
        "alternates": (*keep.alternates, *more),
        "tags": (*keep.tags, *(tag for tag in gone.tags if tag not in keep.tags)),
    }
    return Changes(edited={keep.id: fields}, deleted=frozenset({gone.id}))


def moved(phrasing: str, source: Entry, target: Entry) -> Changes:
    """``phrasing`` of ``source`` becomes one of ``target``. Raises NotFound where it is not there, or is the last."""
    left = _without(source, phrasing)
    known = set(map(same_question_key, target.phrasings))
    more = () if same_question_key(phrasing) in known else (phrasing,)
    return Changes(edited={source.id: left, target.id: {"alternates": (*target.alternates, *more)}})


def asked_once(found: SameQuestion, entry: Entry) -> Changes:
    """The second of two equal phrasings is taken out of ``entry``, which has it. Raises NotFound as ``moved``."""
    return Changes(edited={entry.id: _without(entry, found.texts[1], last=True)})


def _without(entry: Entry, phrasing: str, *, last: bool = False) -> dict[str, object]:
    texts = list(entry.phrasings)
    if phrasing not in texts:
        raise NotFound(f"“{phrasing}” is not in No. {entry.id} any more. Look at the table again.")
    if len(texts) == 1:
        raise NotFound(f"Entry No. {entry.id} has no other phrasing, so this one stays.")
    place = len(texts) - 1 - texts[::-1].index(phrasing) if last else texts.index(phrasing)
    del texts[place]
    return {"question": texts[0], "alternates": tuple(texts[1:])}
