"""Chooses which of the two encoders reads a question, by the language of the table and of the question."""

from dataclasses import dataclass
from pathlib import Path

from core.engines.semantic import multilingual, rules
from core.engines.semantic.calibration import CALIBRATION
from core.engines.semantic.encoder import Encoder, Vector
from core.engines.semantic.index import Index
from core.engines.semantic.languages import Languages, TableLanguage
from core.engines.semantic.nearness import Reader
from core.engines.semantic.prepare import RECIPE, prepared_model
from core.engines.semantic.tables import Tables
from core.engines.semantic.vector_store import VectorStore
from core.engines.semantic.vectors import Vectors
from core.engines.semantic.weights import WEIGHTS_SHA256, model_files
from core.lru_cache import LruCache
from core.questions.entry import Entry, Published

KEPT_LANGUAGES = 100
STORE_NAME = "vectors.db"
"""The file of the data folder in which vectors are kept. It may be deleted at any time."""


@dataclass(frozen=True, slots=True)
class _Deaf:
    """Reads a question that is in a language that the encoder does not know: it means nothing to it."""

    vectors: Vectors

    def of_question(self, text: str) -> Vector:
        """Some vector: an order of what is near is better than none."""
        return self.vectors.of_question(text)

    def reads(self, text: str) -> bool:  # noqa: ARG002 - whatever it says
        """No."""
        return False

    def reads_whole(self, text: str) -> bool:
        """Whether all of it would be read."""
        return self.vectors.reads_whole(text)


class Readers:
    """all-MiniLM-L6-v2 for English, and multilingual-e5-small, where its package is installed, for all else.

    A question and a table that are both English are read by the first alone. All of a table that is not English
    alone, and a question in another language than English, are read by the second. Where that is not installed, what
    is in another language means nothing. Safe from threads.
    """

    def __init__(self, data_dir: Path, model_dir: Path | None) -> None:
        self._data_dir = data_dir
        self._model_dir = model_dir
        self._languages = Languages()
        self._of_tables: LruCache[tuple[str, int], tuple[tuple[Entry, ...], TableLanguage]] = LruCache(KEPT_LANGUAGES)
        self._english = Tables(self._load_english)
        self._multilingual = Tables(self._load_multilingual)
        self._store = VectorStore(data_dir / STORE_NAME)

    @property
    def version(self) -> str:
        """Names all that decides: the models, how they were prepared, the constants."""
        english = f"all-MiniLM-L6-v2 {WEIGHTS_SHA256[:12]}, recipe {RECIPE}, calibration {CALIBRATION}"
        return f"{english}; {multilingual.VERSION}, {rules.E5_VERSION}" if multilingual.is_installed() else english

    def prepare(self, published: Published) -> None:
        """Load what reads this revision's phrasings, and let it. Raises EngineUnavailable when that cannot be done."""
        language = self._language_of(published)
        if language.is_english or not multilingual.is_installed():
            self._english_index(published, language)
        else:
            self._multilingual_index(published, language)

    def for_question(self, question: str, published: Published) -> tuple[Index, Reader]:
        """The table as it is to be asked this question, and what reads the question.

        Raises EngineUnavailable when a model is missing, is not the published one, or cannot be prepared.
        """
        language = self._language_of(published)
        is_other = self._languages.is_other(question, language.language)
        if language.is_english and not is_other:
            return self._english_index(published, language), self._english.vectors()
        if multilingual.is_installed():
            index = self._multilingual_index(published, language)
            return index.for_other_language() if is_other else index, self._multilingual.vectors()
        vectors = self._english.vectors()
        is_read = not self._languages.is_other(question)
        return self._english_index(published, language), vectors if is_read else _Deaf(vectors)

    def _english_index(self, published: Published, language: TableLanguage) -> Index:
        def make(vectors: Vectors) -> Index:
            def reads(text: str) -> bool:
                return vectors.reads_stored(text) and (language.is_english or not self._languages.is_other(text))

            return Index(published.entries, vectors.of_stored, reads)

        return self._english.index(published, make)

    def _multilingual_index(self, published: Published, language: TableLanguage) -> Index:
        # one threshold a table, whichever encoder reads a question
        threshold = self._english_index(published, language).threshold if language.is_english else None
        return self._multilingual.index(
            published,
            lambda vectors: Index(
                published.entries, vectors.of_stored, vectors.reads_stored, rule=rules.E5, threshold=threshold
            ),
        )

    def _language_of(self, published: Published) -> TableLanguage:
        key = (published.org_id, published.revision)
        known = self._of_tables.get(key)
        if known is not None and known[0] == published.entries:
            return known[1]
        phrasings = [text for entry in published.entries if entry.enabled for text in entry.phrasings]
        language = self._languages.of_table(phrasings)
        self._of_tables.put(key, (published.entries, language))
        return language

    def _load_english(self) -> Vectors:
        files = model_files(self._model_dir)
        encoder = Encoder(prepared_model(files, self._data_dir), files.tokenizer)
        return Vectors(encoder, store=(self._store, f"all-MiniLM-L6-v2 {WEIGHTS_SHA256[:12]}, recipe {RECIPE}"))

    def _load_multilingual(self) -> Vectors:
        encoder = multilingual.multilingual_encoder(self._data_dir)
        return Vectors(encoder, languages=True, store=(self._store, multilingual.VERSION))
