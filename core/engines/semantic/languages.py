"""Tells in which language a text surely is not, to choose the model that reads it.

By py3langid (BSD): 139 languages, a naive Bayes classifier on bytes, 0.2 ms a text, 5 MB, no network.
"""

import contextlib
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from core.engines.semantic.vector_store import VectorStore
from core.errors import EngineUnavailable

ENGLISH = "en"

LEAST_ODDS = 20.0
"""So many times likelier another language has to be. Of 3,200 short English questions (banking77, clinc150, hwu64,
stackfaq) one was taken for another language, of 198 German, Spanish and French ones 3 for English, most of them of two
words. Asking for 10 or 50 changed that by one or two."""

OTHER_SHARE = 0.2
"""From this share of phrasings in other languages on, a table is not English: above what short phrasings are mistaken
for, and below a table that says everything in two languages."""

SAMPLE = 300
"""Phrasings of a table that are looked at, evenly spaced."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLanguage:
    """``language`` is the one that most of a table seems to be in, as ISO 639 writes it; ``is_english`` says that next
    to nothing in it is in another than English."""

    language: str
    is_english: bool


class Languages:
    """Knows the languages of texts. Loads its model, in some tenths of a second, with the first; safe from threads.

    ``store`` keeps the languages of tables over a restart: what reads a table need not wait for the model then.
    """

    def __init__(self, store: VectorStore | None = None) -> None:
        self._store = store
        self._loading = threading.Lock()
        self._identifier: Any = None

    def is_other(self, text: str, language: str = ENGLISH) -> bool:
        """Whether a text is surely in another language than this one.

        What says too little, as a word that many languages have, a name or an emoji, is in no other.
        """
        ranked = self._loaded().rank(_plain(text))
        own = dict(ranked).get(language, 0.0)
        return bool(ranked[0][1] > LEAST_ODDS * own)

    def of_table(self, phrasings: Sequence[str]) -> TableLanguage:
        """The language of a table's phrasings, from a sample of them."""
        sample = phrasings[:: -(-len(phrasings) // SAMPLE)] if phrasings else ()
        if self._store is None:
            return self._of_sample(sample)
        key = _key(sample)
        kept = self._store.get([key]).get(key)
        if kept is None:
            found = self._of_sample(sample)
            self._store.put({key: found.language.encode() if not found.is_english else b""})
            return found
        if self._identifier is None:  # the first question will want it
            threading.Thread(target=self._load_ahead, name="load-languages", daemon=True).start()
        return TableLanguage(language=kept.decode() or ENGLISH, is_english=not kept)

    def _of_sample(self, sample: Sequence[str]) -> TableLanguage:
        other = sum(self.is_other(text) for text in sample)
        if other < max(1, OTHER_SHARE * len(sample)):
            return TableLanguage(language=ENGLISH, is_english=True)
        language = str(self._loaded().classify(_plain("\n".join(sample)))[0])
        return TableLanguage(language=language, is_english=False)

    def _load_ahead(self) -> None:
        with contextlib.suppress(EngineUnavailable):  # whoever asks a question will hear of it
            self._loaded()

    def _loaded(self) -> Any:  # noqa: ANN401 - py3langid ships no types
        with self._loading:
            if self._identifier is None:
                self._identifier = read_identifier()
            return self._identifier


def read_identifier() -> Any:  # noqa: ANN401 - py3langid ships no types
    """What ranks languages by a text, from the package's file; 70 MB. Raises EngineUnavailable when it is missing."""
    try:
        # not wanted at import; it ships no types
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError as error:
        raise _not_installed(error) from error
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _key(sample: Sequence[str]) -> bytes:
    """Names a sample, and all that decides which language it is in."""
    try:
        rules = f"language\0{metadata.version('py3langid')} {LEAST_ODDS} {OTHER_SHARE}\0"
    except metadata.PackageNotFoundError as error:
        raise _not_installed(error) from error
    content = (rules + "\0".join(sample)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).digest()


def _not_installed(error: ImportError) -> EngineUnavailable:
    return EngineUnavailable(
        f"The built-in engine is off: {error.name} is not installed. Run: pip install -r requirements.txt"
    )


def _plain(text: str) -> str:
    """The text without a lone surrogate, which has no bytes."""
    return text.encode("utf-8", "replace").decode("utf-8")
