"""What a run took of a model server, and whether its shortlists held what was expected."""

from dataclasses import dataclass

from core.statistics.intervals import Interval, wilson


@dataclass(frozen=True, kw_only=True, slots=True)
class RunUsage:
    """Sums over the finished rows of a run.

    ``asked`` rows were asked of a server, which counted ``sent`` tokens (``cached`` of them from its own cache) and
    ``received``; ``unpriced`` of the rows are those whose price nobody knows, and ``nano_usd`` is the money of the
    others. ``reused`` rows took a kept reply and nothing else. Of ``shortlisted`` rows that expect an entry of a table
    that was cut down, ``offered`` were offered it. Where a model decides only doubtful questions, ``doubtful`` rows
    were left to it, and of ``sure`` ones the built-in engine was sure.
    """

    asked: int = 0
    reused: int = 0
    sent: int = 0
    received: int = 0
    cached: int = 0
    nano_usd: int = 0
    unpriced: int = 0
    shortlisted: int = 0
    offered: int = 0
    doubtful: int = 0
    sure: int = 0

    @property
    def recall(self) -> float | None:
        """The share (0 to 1) of shortlists that held an expected entry; None without a shortlist."""
        return self.offered / self.shortlisted if self.shortlisted else None

    @property
    def recall_interval(self) -> Interval | None:
        """The 95 % interval of ``recall``."""
        return wilson(self.offered, self.shortlisted) if self.shortlisted else None
