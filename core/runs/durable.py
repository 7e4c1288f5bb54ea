"""The queue of chunks on DBOS: what was taken from it and not finished is there again after a crash.

The ledger of runs says what is done, and DBOS which process has which chunk. So a chunk needs no step: begun anew, it
finds its rows that are still pending. This module imports DBOS, which takes a third of a second: import it late.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from core.clock import now
from core.runs.jobs import Leaving, QueuePlace
from core.runs.ledger import Chunk

# DBOS gives its logger a handler of its own where it has none; its records belong with all others.
logging.getLogger("dbos").addHandler(logging.NullHandler())

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID  # noqa: E402

QUEUE = "frontline-runs"
VERSION = "runs-1"
"""Names what the chunks on the queue mean. DBOS would take a hash of the source, and strand them at each update."""
CHUNKS_A_RUN = 5
"""Chunks of a run that a process takes from the queue at once: 500 rows, 10 times 50 calls in flight. With more, the
first of several processes would have the whole of a run of a thousand rows, and the others would look on."""
CHUNKS_AT_ONCE = 40
BEGUN_DIRECTLY = 3
"""Chunks of a run that begin where it was put on the queue, and wait for no look at it: 50 calls in flight of 100 ms
take two of them before the next look."""
POLL_SECONDS = 0.5
KEPT = timedelta(days=7)
FORGOTTEN_AT_ONCE = 5_000
QUICK_POLL_SECONDS = 0.2

Answer = Callable[[Chunk], None]


_lock = threading.Lock()
_answer: Answer | None = None


def begin(place: QueuePlace, executor_id: str, answer: Answer) -> bool:
    """Start to take chunks from the queue, each in a thread that calls ``answer``; False while another one does.

    DBOS exists once a process: where two installations run in one process, the second waits for the first.
    """
    global _answer  # noqa: PLW0603 - there is one DBOS a process
    with _lock:
        if _answer is not None:
            return False
        _answer = answer
    try:
        _launch(place, executor_id)
    except BaseException:
        end()
        raise
    return True


def end() -> None:
    """Take no chunk any more, and let go of the queue. Threads that still answer one keep it taken."""
    global _answer  # noqa: PLW0603 - there is one DBOS a process
    DBOS.destroy()
    with _lock:
        _answer = None


def enqueue(chunks: Sequence[Chunk]) -> None:
    """Put chunks on the queue; one that was put there before stays as it is.

    The first ones begin in this process without waiting for the next look at the queue.
    """
    for chunk in chunks[:BEGUN_DIRECTLY]:
        with SetWorkflowID(_id(chunk)):
            DBOS.start_workflow(_answer_chunk, chunk.org_id, chunk.run_id, chunk.attempt, chunk.number)
    for chunk in chunks[BEGUN_DIRECTLY:]:
        with SetWorkflowID(_id(chunk)), SetEnqueueOptions(queue_partition_key=chunk.run_id):
            DBOS.enqueue_workflow(QUEUE, _answer_chunk, chunk.org_id, chunk.run_id, chunk.attempt, chunk.number)


def withdraw(run_id: str, attempt: int) -> None:
    """Take the chunks of an attempt off the queue that nobody has taken yet."""
    waiting = DBOS.list_workflows(
        workflow_id_prefix=f"{run_id}.{attempt}.", status="ENQUEUED", load_input=False, load_output=False
    )
    if waiting:
        DBOS.cancel_workflows([one.workflow_id for one in waiting])


def is_open(run_id: str, attempt: int) -> bool:
    """Whether any chunk of an attempt is on the queue, or was taken and not ended."""
    found = DBOS.list_workflows(
        workflow_id_prefix=f"{run_id}.{attempt}.",
        status=["ENQUEUED", "DELAYED", "PENDING"],
        limit=1,
        load_input=False,
        load_output=False,
    )
    return bool(found)


def put_back(executor_id: str | None, mine: str) -> None:
    """Put the chunks that an executor (None: any but ``mine``) had taken and not finished on the queue again."""
    taken = DBOS.list_workflows(status="PENDING", executor_id=executor_id, load_input=False, load_output=False)
    lost = [one for one in taken if one.executor_id != mine]
    on_queue = [one.workflow_id for one in lost if one.queue_name == QUEUE]
    begun_directly = [one.workflow_id for one in lost if one.queue_name != QUEUE]
    if on_queue:
        DBOS.resume_workflows(on_queue, queue_name=QUEUE)
    if begun_directly:  # they have no key of this queue's parts, so DBOS's own queue serves them
        DBOS.resume_workflows(begun_directly)


def _id(chunk: Chunk) -> str:
    """Tells a chunk: run ids are UUIDs, and none is the beginning of another."""
    return f"{chunk.run_id}.{chunk.attempt}.{chunk.number}"


def _launch(place: QueuePlace, executor_id: str) -> None:
    config: DBOSConfig = {
        "name": "frontline",
        "system_database_url": place.url,
        "system_database_engine": place.engine,
        "application_version": VERSION,
        "executor_id": executor_id,
        "log_level": "WARNING",
        "use_listen_notify": False,
        "enable_otlp": False,
        "notification_listener_polling_interval_sec": QUICK_POLL_SECONDS,
    }
    DBOS(config=config)
    DBOS.launch()
    _forget_old()
    DBOS.register_queue(
        QUEUE,
        worker_concurrency=CHUNKS_AT_ONCE,
        partition_worker_concurrency=CHUNKS_A_RUN,
        polling_interval_sec=POLL_SECONDS,
        on_conflict="always_update",
    )


def _forget_old() -> None:
    """What became of chunks long ago interests nobody: the ledger has their rows."""
    long_ago = (now() - KEPT).isoformat()
    ended = DBOS.list_workflows(
        status=["SUCCESS", "CANCELLED", "ERROR"],
        completed_before=long_ago,
        limit=FORGOTTEN_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if ended:
        DBOS.delete_workflows([one.workflow_id for one in ended])


@DBOS.workflow(name="frontline.answer_chunk", max_recovery_attempts=None)
def _answer_chunk(org_id: str, run_id: str, attempt: int, number: int) -> None:
    answer = _answer
    if answer is None:
        raise Leaving
    answer(Chunk(org_id, run_id, attempt, number))
