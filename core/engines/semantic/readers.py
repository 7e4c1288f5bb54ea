"""Chooses which of the two encoders reads a question, by the language of the table and of the question."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.engines.semantic import multilingual, rules
from core.engines.semantic.calibration import CALIBRATION
from core.engines.semantic.encoder import Encoder, Vector
from core.engines.semantic.folder_model import FolderModel, folder_model, is_model_folder
from core.engines.semantic.index import Flags, Index
from core.engines.semantic.languages import Languages, TableLanguage
from core.engines.semantic.nearness import parts
from core.engines.semantic.prepare import RECIPE, prepared_model
from core.engines.semantic.spelling import Spelling
from core.engines.semantic.tables import Tables
from core.engines.semantic.vector_store import VectorStore
from core.engines.semantic.vectors import Vectors
from core.engines.semantic.weights import WEIGHTS_SHA256, is_there, model_files
from core.errors import EngineFailed, EngineUnavailable
from core.lru_cache import LruCache
from core.questions.entry import Entry, Published

MINILM = "all-MiniLM-L6-v2"
MINILM_VERSION = f"{MINILM} {WEIGHTS_SHA256[:12]}, recipe {RECIPE}"

KEPT_LANGUAGES = 100
KEPT_QUESTIONS = 20_000
"""Test questions whose vectors and language are kept, for all orgs together."""
ENCODED_AT_ONCE = 500
"""Texts between two words of how far it is: some tenths of a second."""
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

    def keep(self, texts: Iterable[str]) -> None:
        """Have these vectors at hand."""
        self.vectors.keep(texts)


class Readers:
    """all-MiniLM-L6-v2 for English, and multilingual-e5-small, where its package is installed, for all else.

    A question and a table that are both English are read by the first alone. All of a table that is not English
    alone, and a question in another language than English, are read by the second. Where that is not installed, what
    is in another language means nothing. A folder with a model of one's own stands in for the first, and for both when
    it reads many languages. Safe from threads.
    """

    def __init__(self, data_dir: Path, model_dir: Path | None) -> None:
        self._data_dir = data_dir
        self._model_dir = model_dir
        self._store = VectorStore(data_dir / STORE_NAME)
        self._languages = Languages(self._store)
        self._of_tables: LruCache[tuple[str, int], tuple[tuple[Entry, ...], TableLanguage]] = LruCache(KEPT_LANGUAGES)
        self._recurring: LruCache[tuple[str, str], bool] = LruCache(KEPT_QUESTIONS)
        """Of test questions, whether each is in another language than this one."""
        self._english = Tables(self._load_english)
        self._multilingual = Tables(self._load_multilingual)
        self._spelling: Spelling | None = None
        self._reading_folder = threading.Lock()
        self._is_folder_read = False
        self._own: FolderModel | None = None

    @property
    def name(self) -> str:
        """The folder's name, else the model; with two, what reads what."""
        if self._has_folder() and self._model_dir:
            return self._model_dir.name
        if multilingual.is_installed():
            return f"English: {MINILM}, other languages: {multilingual.NAME}"
        return MINILM

    @property
    def version(self) -> str:
        """Names all that decides: the models, how they were prepared, the constants."""
        try:
            own = self._folder()
        except EngineUnavailable:
            return f"{self.name} unusable, recipe {RECIPE}, calibration {CALIBRATION}"
        english = f"{own.version if own else MINILM_VERSION}, calibration {CALIBRATION}"
        if not multilingual.is_installed() or (own and own.reads_many_languages):
            return english
        return f"{english}; {multilingual.VERSION}, {rules.E5_VERSION}"

    def is_there(self) -> bool:
        """Whether the files of a model can be found, without reading them."""
        return self._has_folder() or is_there(self._model_dir)

    def prepare(self, published: Published) -> None:
        """Load what reads this revision's phrasings, and let it. Raises EngineUnavailable when that cannot be done."""
        self.main(published)

    def main(self, published: Published) -> tuple[Index, Vectors]:
        """The table as questions in its own language are asked of it, and what reads them. Raises as ``prepare``."""
        language = self._language_of(published)
        if language.is_english or not multilingual.is_installed() or self._reads_all():
            return self._english_index(published, language), self._english.vectors()
        return self._multilingual_index(published, language), self._multilingual.vectors()

    def encode(self, published: Published, progress: Callable[[int, int], None]) -> None:
        """Make the vectors of a revision's phrasings, so that ``prepare`` has little left to do. ``progress`` is told
        how many of how many are made; what it raises ends the work. Raises as ``prepare``."""
        language = self._language_of(published)
        is_english = language.is_english or not multilingual.is_installed() or self._reads_all()
        vectors = (self._english if is_english else self._multilingual).vectors()
        texts = [text for entry in published.entries if entry.enabled for text in entry.phrasings]
        for begin in range(0, len(texts), ENCODED_AT_ONCE):
            vectors.of_stored(texts[begin : begin + ENCODED_AT_ONCE])
            progress(min(begin + ENCODED_AT_ONCE, len(texts)), len(texts))

    def keep(self, questions: Sequence[str], published: Published) -> None:
        """Have at hand, and over a restart, what is slow of questions that this table is asked again and again.

        Of very many only the first, since tables need the room as well. Raises as ``for_question``.
        """
        wanted: dict[Vectors | _Deaf, list[str]] = {}
        language = self._language_of(published).language
        for question in questions[:KEPT_QUESTIONS]:
            if self._recurring.get((question, language)) is None:
                self._recurring.put((question, language), self._languages.is_other(question, language))
            index, reader = self.for_question(question, published)
            wanted.setdefault(reader, []).extend(index.mended(part) for part in parts(question, reader.reads_whole))
        for reader, texts in wanted.items():
            with contextlib.suppress(EngineFailed):  # on one of them: whoever asks it will hear of that
                reader.keep(texts)

    def for_question(self, question: str, published: Published) -> tuple[Index, Vectors | _Deaf]:
        """The table as it is to be asked this question, and what reads the question.

        Raises EngineUnavailable when a model is missing, is not the published one, or cannot be prepared.
        """
        language = self._language_of(published)
        is_other = self._is_other(question, language.language)
        if self._reads_all():
            index = self._english_index(published, language)
            return index.for_other_language() if is_other else index, self._english.vectors()
        if language.is_english and not is_other:
            return self._english_index(published, language), self._english.vectors()
        if multilingual.is_installed():
            index = self._multilingual_index(published, language)
            return index.for_other_language() if is_other else index, self._multilingual.vectors()
        vectors = self._english.vectors()
        is_read = not self._languages.is_other(question)
        return self._english_index(published, language), vectors if is_read else _Deaf(vectors)

    def unread(self, published: Published) -> tuple[int, ...]:
        """The ids of the entries whose phrasings would all mean nothing if a visitor asked them, in table order.

        Raises as ``prepare``.
        """
        language = self._language_of(published)
        return tuple(
            entry.id
            for entry in published.entries
            if entry.enabled and not any(self._would_read(text, language) for text in entry.phrasings)
        )

    def _would_read(self, text: str, language: TableLanguage) -> bool:
        """Whether a question of these words would be read, as ``for_question`` chooses what reads it."""
        vectors = self._english.vectors()
        if self._reads_all() or (language.is_english and not self._is_other(text, language.language)):
            return vectors.reads(text)
        if multilingual.is_installed():
            return any(letter.isalpha() for letter in text)  # it knows every script, so it need not be loaded for this
        return not self._languages.is_other(text) and vectors.reads(text)

    def _english_index(self, published: Published, language: TableLanguage) -> Index:
        def make(vectors: Vectors) -> Index:
            def reads(texts: Sequence[str]) -> Flags:
                is_read = vectors.reads_each(texts)
                if language.is_english or self._reads_all():
                    return is_read
                return is_read & np.array([not self._languages.is_other(text) for text in texts], dtype=np.bool_)

            return Index(
                published.entries, vectors.of_stored, reads, rule=own.rule() if own else None, spelling=self._spelling
            )

        own = self._folder()

        return self._english.index(published, make)

    def _multilingual_index(self, published: Published, language: TableLanguage) -> Index:
        # one threshold a table, whichever encoder reads a question
        threshold = self._english_index(published, language).threshold if language.is_english else None
        return self._multilingual.index(
            published,
            lambda vectors: Index(
                published.entries, vectors.of_stored, vectors.reads_each, rule=rules.E5, threshold=threshold
            ),
        )

    def _is_other(self, question: str, language: str) -> bool:
        known = self._recurring.get((question, language))
        return self._languages.is_other(question, language) if known is None else known

    def _language_of(self, published: Published) -> TableLanguage:
        key = (published.org_id, published.revision)
        known = self._of_tables.get(key)
        if known is not None and known[0] is published.entries:
            return known[1]
        if known is not None and known[0] == published.entries:
            language = known[1]
        else:
            phrasings = [text for entry in published.entries if entry.enabled for text in entry.phrasings]
            language = self._languages.of_table(phrasings)
        self._of_tables.put(key, (published.entries, language))
        return language

    def _has_folder(self) -> bool:
        return self._model_dir is not None and is_model_folder(self._model_dir)

    def _folder(self) -> FolderModel | None:
        """The model of one's own; None where the published one is used, also from a folder."""
        with self._reading_folder:
            if not self._is_folder_read and self._model_dir is not None and self._has_folder():
                found = folder_model(self._model_dir)
                self._own = found if found.digest != WEIGHTS_SHA256 else None
                self._is_folder_read = True
            return self._own

    def _reads_all(self) -> bool:
        own = self._folder()
        return own is not None and own.reads_many_languages

    def _load_english(self) -> Vectors:
        if own := self._folder():
            return Vectors(
                own.encoder(self._data_dir), languages=own.reads_many_languages, store=(self._store, own.version)
            )
        files = model_files(self._model_dir)
        encoder = Encoder(prepared_model(files, self._data_dir), files.tokenizer)
        self._spelling = Spelling(encoder.vocabulary)
        return Vectors(encoder, store=(self._store, MINILM_VERSION))

    def _load_multilingual(self) -> Vectors:
        encoder = multilingual.multilingual_encoder(self._data_dir)
        return Vectors(encoder, languages=True, store=(self._store, multilingual.VERSION))
