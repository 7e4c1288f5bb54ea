"""How fast the embedded engine is, alone and over all cores, on small and on large tables.

Compared with sentence-transformers on the same texts where that is installed. The questions are made up here, so that
the benchmark needs no data. Run: python -m tests.benchmarks.embedded_engine
"""

import importlib.util
import itertools
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from core.engines.semantic import multilingual
from core.engines.semantic.encoder import Encoder, usable_sessions
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.prepare import prepared_model
from core.engines.semantic.weights import model_files
from core.questions.entry import Entry, Published
from tests.benchmarks.development_data import PREPARED

STARTS = ("How do I", "Can I", "Where can I", "May I", "I want to", "Should I", "When can I", "Why can't I")
ACTIONS = ("change", "cancel", "track", "return", "renew", "insure", "pay for", "pick up", "exchange", "reserve")
THINGS = (
    *("my order", "the blue jacket", "a gift card", "my subscription", "the repair", "two tickets"),
    *("my account", "a parcel", "the large box", "my invoice", "a spare part", "the membership"),
)
PLACES = ("in the shop", "online", "at the airport", "in the app", "on Sunday", "at a partner's", "by post", "here")
TAILS = ("", " today", " from abroad", " without a receipt", " for a friend", " before Friday", " by phone", " again")
QUESTIONS = 1_000
SECOND_QUESTIONS = 300


def main() -> None:
    texts = [
        f"{start} {action} {thing} {place}{tail}?"
        for start, action, thing, place, tail in itertools.product(STARTS, ACTIONS, THINGS, PLACES, TAILS)
    ]
    random.Random(0).shuffle(texts)
    questions, stored = texts[:QUESTIONS], texts[QUESTIONS:]
    print(f"{usable_sessions()} sessions, {QUESTIONS:,} questions of 7 to 11 words\n")
    encoding(questions)
    print("\nWhole decisions")
    for entries, phrasings in ((3, 1), (100, 3), (600, 5), (10_000, 1), (10_000, 5)):
        deciding(entries, phrasings, stored, questions)


def encoding(questions: Sequence[str]) -> None:
    """Print how fast texts become vectors, beside sentence-transformers."""
    files = model_files()
    encoder = Encoder(prepared_model(files, PREPARED), files.tokenizer)
    print("Encoding alone")
    single = one_by_one(encoder.encode, questions)
    together = pooled(encoder.encode, questions, encoder.sessions)
    print(f"  embedded, one at a time                 {speed(single)}")
    print(f"  embedded, sessions side by side: {encoder.sessions:2}     {len(questions) / together:7,.0f}/s")
    if multilingual.is_installed():
        second = one_by_one(multilingual.multilingual_encoder(PREPARED).encode, questions[:SECOND_QUESTIONS])
        again = one_by_one(encoder.encode, questions[:SECOND_QUESTIONS])
        print(f"  the model for other languages           {speed(second)}")
        print(f"  it takes {np.median(second) / np.median(again):.1f} times as long for a question")
    if importlib.util.find_spec("sentence_transformers") is None:
        print("  sentence-transformers                   skipped: sentence-transformers is not installed")
        return
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(files.weights.parent), device="cpu")
    other = one_by_one(model.encode, questions)
    batched = seconds(lambda: model.encode(list(questions), batch_size=32))
    print(f"  sentence-transformers, one at a time    {speed(other)}")
    print(f"  sentence-transformers, batches of 32    {len(questions) / batched:7,.0f}/s")
    print(f"  embedded is {np.median(other) / np.median(single):.1f} times as fast one at a time,", end=" ")
    print(f"{batched / together:.1f} times as fast all at once")


def deciding(entries: int, phrasings: int, stored: Sequence[str], questions: Sequence[str]) -> None:
    """Print how long one table takes to prepare, to prepare again after an edit, and to answer from."""
    engine = SemanticEngine(PREPARED)
    engine.prepare(Published(org_id="empty", revision=0, entries=()))  # loads the model
    rows = [
        Entry(id=number + 1, question=texts[0], alternates=tuple(texts[1:]), answer="We are glad to help.")
        for number, texts in enumerate(stored[place * phrasings :][:phrasings] for place in range(entries))
    ]
    table = Published(org_id="benchmark", revision=1, entries=tuple(rows))
    first = seconds(lambda: engine.prepare(table))
    rows[0] = Entry(id=1, question="Do you sell umbrellas?", alternates=rows[0].alternates, answer="Yes.")
    edited = Published(org_id="benchmark", revision=2, entries=tuple(rows))
    again = seconds(lambda: engine.prepare(edited))
    single = one_by_one(lambda question: engine.decide(question, edited), questions)
    together = pooled(lambda question: engine.decide(question, edited), questions, usable_sessions())
    print(
        f"  {entries:6,} entries × {phrasings}: prepare {first:6.2f} s, after an edit {again:5.2f} s; one at a time "
        f"{speed(single)}; {usable_sessions()} at once {len(questions) / together:6,.0f}/s"
    )


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def one_by_one(work: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Seconds of each call, after a few that are not counted."""
    for question in questions[:20]:
        work(question)
    return [seconds(lambda question=question: work(question)) for question in questions]


def pooled(work: Callable[[str], object], questions: Sequence[str], threads: int) -> float:
    """Seconds for all questions over so many threads."""
    with ThreadPoolExecutor(threads) as pool:
        return seconds(lambda: list(pool.map(work, questions)))


def speed(times: Sequence[float]) -> str:
    p50, p95 = np.percentile(times, [50, 95]) * 1_000
    return f"{len(times) / sum(times):7,.0f}/s, p50 {p50:.2f} ms, p95 {p95:.2f} ms"


if __name__ == "__main__":
    main()
