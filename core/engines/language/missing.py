"""Says what a server does not know when it says only that there is no such thing: the model, or the mode."""

from collections.abc import Sequence

from core.engines.language.connection import MODELS_SHOWN, Connection
from core.engines.language.failures import ServerRefused
from core.engines.language.server_memory import RequestMode
from core.errors import FrontlineError
from core.policy_words import STYLES
from core.questions.policy import Style
from core.questions.policy_fields import POLICY_LABELS

NAMED = 5
"""Models that a sentence names."""

_NO_SUCH_THING = {404, 405}


async def in_detail(connection: Connection, failure: FrontlineError, forced: RequestMode | None) -> FrontlineError:
    """The failure of a call, in clearer words where the server's models tell more.

    ``forced`` is the mode that the settings name, None where the best one is looked for.
    """
    status = getattr(failure, "status", None)
    if status not in _NO_SUCH_THING:
        return failure
    server, said = connection.settings, getattr(failure, "said", "")
    models = await listed_models(connection)
    if models and not is_listed(server.model, models):
        reason = f"The server at {server.host} knows no model {server.model}. {it_lists(models)}"
        return ServerRefused(f"{reason} Choose one of these.", status, said)
    if forced is None or (not models and server.model in said):
        return failure
    return ServerRefused(_unknown_mode(server.host, forced, is_certain=bool(models)), status, said)


async def listed_models(connection: Connection) -> tuple[str, ...]:
    """The names of the server's models; none when it does not tell them."""
    try:
        return await connection.models()
    except FrontlineError:
        return ()


def is_listed(model: str, models: Sequence[str]) -> bool:
    """Whether a server has this model, as far as its list tells: one that is very long is cut.

    Ollama takes a name without ``:latest``, Google's one without ``models/``.
    """
    if len(models) >= MODELS_SHOWN:
        return True
    return any(model in (name, name.removesuffix(":latest"), name.removeprefix("models/")) for name in models)


def it_lists(models: Sequence[str]) -> str:
    """A sentence that names what a server has."""
    more = f" and {len(models) - NAMED:,} more" if len(models) > NAMED else ""
    return f"It lists {', '.join(models[:NAMED])}{more}."


def _unknown_mode(host: str, mode: RequestMode, *, is_certain: bool) -> str:
    """That a server cannot be asked in the chosen mode; ``is_certain`` where its address is known to be right."""
    way = f"does not know the way “{STYLES[Style(mode.value)]}”"
    or_else = "" if is_certain else ", or has no such address"
    return f"The server at {host} {way}{or_else}. Choose another one under “{POLICY_LABELS['style']}”."
