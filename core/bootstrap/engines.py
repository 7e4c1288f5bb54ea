"""Puts together what decides: the built-in engine, model servers, their keys, and where they may stand."""

import contextlib
from dataclasses import dataclass

from core.audit.service import Audit
from core.background import Background
from core.clock import now
from core.engines.choice import EngineChoice
from core.engines.health import Health
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import ServerMemory
from core.engines.language.shared import Shared
from core.engines.language.tester import ServerTester
from core.engines.semantic.engine import SemanticEngine
from core.engines.shortlist import Shortlist
from core.errors import ConfigurationError, InvalidInput
from core.examples.service import Examples
from core.identity.access import Access
from core.servers.addresses import AddressRule
from core.servers.keys import ServerKeys
from core.servers.sealing import Sealer, installation_secret
from core.servers.service import ModelServers
from core.settings import Settings
from core.storage.database import Database
from core.storage.replies import SqlReplyCache
from core.storage.server_keys import SqlServerKeys


@dataclass(frozen=True, kw_only=True)
class EngineParts:
    """What the rest of the app needs of engines."""

    engines: EngineChoice
    built_in: SemanticEngine
    servers: ModelServers
    health: Health
    rule: AddressRule


def engine_parts(
    settings: Settings,
    database: Database,
    *,
    access: Access,
    examples: Examples,
    audit: Audit,
    opened: contextlib.ExitStack,
) -> EngineParts:
    """The engines of this process. What they open is closed with ``opened``.

    Raises ConfigurationError when the deployment's own server, secret or list of hosts cannot be used.
    """
    background, memory, health = Background(), ServerMemory(), Health(now)
    opened.callback(background.close)
    rule = AddressRule.of(settings)
    servers = ModelServers(
        access=access,
        keys=ServerKeys(SqlServerKeys(database), Sealer(installation_secret(settings))),
        rule=rule,
        tester=ServerTester(background, memory, rule.guard()),
        clock=now,
        audit=audit,
        health=health,
    )
    built_in = SemanticEngine(settings.data_dir, settings.model_dir)
    cache = SqlReplyCache(database, now)
    cache.forget_old()
    engines = EngineChoice(
        built_in,
        Shared(memory=memory, background=background, cache=cache, shortlists=Shortlist(built_in)),
        keys=servers,
        companies=examples,
        guard=rule.guard(),
        deployment=_deployment(settings),
    )
    opened.callback(engines.close)
    return EngineParts(engines=engines, built_in=built_in, servers=servers, health=health, rule=rule)


def _deployment(settings: Settings) -> ServerSettings | None:
    if settings.engine is None:
        return None
    try:
        return ServerSettings(
            base_url=settings.engine.base_url, api_key=ServerKey(settings.engine.key), model=settings.engine.model
        )
    except InvalidInput as error:
        raise ConfigurationError(f"FRONTLINE_ENGINE_URL, _MODEL or _KEY cannot be used. {error}") from None
