"""How an org wants its questions answered: a part of its revisions, as its table is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from core.questions.promise import Promise

DEFAULT_FALLBACK = "A human will be in touch shortly"


class EngineKind(StrEnum):
    """Who decides which entry is meant."""

    DEPLOYMENT = "deployment"
    """What this installation was started with: a model server, or else the built-in engine."""
    BUILT_IN = "built-in"
    SERVER = "server"
    """The org's own model server."""
    CASCADE = "cascade"
    """The built-in engine where it is sure, the org's own model server for the rest."""


OWN_SERVER = frozenset({EngineKind.SERVER, EngineKind.CASCADE})
"""Those that ask the org's own model server."""


class Style(StrEnum):
    """How a model server is asked."""

    BEST = "best"
    """The first way that the server knows and holds the model to; found out by a probe."""
    DECISIONS = "decisions"
    SCHEMA = "schema"
    CHOICE = "choice"
    COMPLETION = "completion"
    COMPANIES = "companies"
    """As completion, with the tables of example companies before the org's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSettings:
    """What an org decides about the engine; all but ``engine`` concerns model servers.

    ``base_url`` and ``model`` are the org's own server's (its key is kept elsewhere, and never a part of a revision).
    ``company`` and ``description`` stand in each prompt; ``negatives`` are the org's examples of questions for a
    person; ``examples`` names the example companies of Style.COMPANIES. An entry is given when the server tells its
    probability and that is at least ``min_confidence`` (0 to 1). Of a large table ``shortlist`` entries are offered.
    At most ``calls_in_flight`` calls of a run are made at once. ``usd_a_month`` and ``tokens_a_month`` bound what the
    org spends in a calendar month (UTC): money where a model's price is known, tokens where it is not; None is no
    bound.
    """

    engine: EngineKind = EngineKind.DEPLOYMENT
    base_url: str = ""
    model: str = ""
    style: Style = Style.BEST
    company: str = ""
    description: str = ""
    negatives: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    min_confidence: float = 0.0
    shortlist: int = 20
    calls_in_flight: int = 8
    usd_a_month: float | None = 25.0
    tokens_a_month: int | None = 25_000_000

    @property
    def has_own_server(self) -> bool:
        """Whether the org's own model server is asked, about each question or the doubtful ones."""
        return self.engine in OWN_SERVER


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """How an org wants its questions answered.

    ``fallback`` is the text a visitor gets when a person has to take over; ``strictness`` is added to the engine's
    own threshold: above 0 hands more over, below 0 answers more. ``promise`` is what visitors are promised, None for
    nothing; it decides nothing itself.
    """

    fallback: str = DEFAULT_FALLBACK
    strictness: float = 0.0
    promise: Promise | None = None
    model: ModelSettings = ModelSettings()

    def as_json(self) -> dict[str, Any]:
        """As ``from_json`` reads it."""
        kept = asdict(self)
        kept["model"] = {_KEPT_AS.get(name, name): value for name, value in kept["model"].items()}
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Policy":
        """What was kept; fields that were unknown then have their defaults, and those unknown now are passed over."""
        model = dict(kept.get("model") or {})
        names = {_KEPT_AS.get(f.name, f.name): f.name for f in fields(ModelSettings)}
        values = {name: _read(name, model[kept_as]) for kept_as, name in names.items() if kept_as in model}
        plain = {name: kept[name] for name in ("fallback", "strictness") if name in kept}
        promise = Promise.from_json(kept["promise"]) if kept.get("promise") else None
        return cls(**plain, promise=promise, model=ModelSettings(**values))


_KEPT_AS = {"min_confidence": "least_confidence"}
"""What fields are called where revisions keep them: as they were called first."""
_READ = {"engine": EngineKind, "style": Style, "negatives": tuple, "examples": tuple}


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    return _READ[name](value) if name in _READ else value
