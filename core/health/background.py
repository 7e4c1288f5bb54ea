"""Looks at tables in a thread of its own, so that nobody waits: the newest table of each org that somebody looks at."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from core.engines.semantic.left_out import Progress, Stage
from core.errors import FrontlineError
from core.health.findings import Findings
from core.lru_cache import LruCache
from core.questions.entry import Published

KEPT = 16
"""Tables of which the findings are kept."""

DELAY_SECONDS = 1.0
"""A table is looked at so long after the first wish for it where nobody waits: the next save may come at once."""

Examine = Callable[[Published, Progress], Findings]


class _Ended(Exception):
    """Nobody wants to know this any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Looking:
    """How far it is. ``found`` is None while it runs, and where ``trouble`` says why nothing could be found out."""

    found: Findings | None = None
    trouble: str | None = None
    stage: Stage = Stage.READING
    done: int = 0
    of: int = 0

    @property
    def active(self) -> bool:
        """Whether it goes on."""
        return self.found is None and self.trouble is None


@dataclass(slots=True)
class _Job:
    published: Published
    state: Looking = field(default_factory=Looking)
    wanted: bool = True
    hurry: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def give_up(self) -> None:
        """Nobody wants to know any more."""
        self.wanted = False
        self.hurry.set()


class Examinations:
    """The findings of tables by org and revision. One table is looked at at a time; safe from threads."""

    def __init__(self, examine: Examine) -> None:
        self._examine = examine
        self._jobs: LruCache[str, _Job] = LruCache(KEPT)
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def look(self, published: Published, wait: float = 0.0) -> Looking:
        """The findings of this table, or how far they are; begins where nobody has. Waits so many seconds for them.

        A table that a newer one of the same org has taken the place of is not looked at any further.
        """
        with self._lock:
            job = self._jobs.get(published.org_id)
            if job is None or (job.published is not published and job.published != published):
                if job is not None:
                    job.give_up()
                job = _Job(published)
                for gone in self._jobs.put(published.org_id, job):
                    gone.give_up()
                threading.Thread(target=self._run, args=(job,), name="frontline-health", daemon=True).start()
        if wait:
            job.hurry.set()
            job.over.wait(wait)
        return job.state

    def close(self) -> None:
        """End what runs."""
        with self._lock:
            for _, job in self._jobs.items():
                job.give_up()

    def _run(self, job: _Job) -> None:
        def progress(stage: Stage, done: int, of: int) -> None:
            if not job.wanted:
                raise _Ended
            job.state = Looking(stage=stage, done=done, of=of)

        job.hurry.wait(DELAY_SECONDS)
        try:
            with self._one_at_a_time:
                progress(Stage.READING, 0, 0)
                job.state = Looking(found=self._examine(job.published, progress))
        except FrontlineError as error:
            job.state = Looking(trouble=str(error))
        except _Ended:
            pass
        finally:
            if job.wanted and job.state.active:  # an error of the program, which is in the log
                job.state = Looking(trouble="Something went wrong. Save the table again to have another look at it.")
            job.over.set()
