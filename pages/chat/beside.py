"""Another table or engine that a presenter sets beside the chat: both get the same question."""

from dataclasses import replace
from enum import StrEnum

from core.answering import AskResult
from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Permission
from core.publishing.publication import LiveState
from core.questions.entry import Published
from core.questions.policy import EngineKind
from pages.ask import tables
from pages.ask.tables import TableChoice
from pages.chat.visit import Presenter, Visit


class Beside(StrEnum):
    """What can be set beside what visitors get; the values are the words that are shown."""

    SAVED = "Saved, not published"
    UNSAVED = "My unsaved changes"
    BUILT_IN = "The built-in engine"
    SERVER = "The model server"


_TABLES = {Beside.SAVED: TableChoice.SAVED, Beside.UNSAVED: TableChoice.UNSAVED}
_ENGINES = {Beside.BUILT_IN: EngineKind.BUILT_IN, Beside.SERVER: EngineKind.SERVER}


def offered(visit: Visit, presenter: Presenter) -> list[Beside]:
    """What differs from what visitors get, and this person may see."""
    person, permissions = presenter.principal, presenter.membership.permissions
    if Permission.VIEW not in permissions:
        return []
    state = frontline().publishing.state(person, visit.org_id)
    found = [Beside.SAVED] if state.newest != state.live else []
    if Permission.EDIT in permissions and frontline().questions.draft(person, visit.org_id):
        found.append(Beside.UNSAVED)
    return found + (_engines(_live(visit, presenter, state)) if state.live else [])


def asked(visit: Visit, presenter: Presenter, beside: Beside, question: str) -> AskResult | FrontlineError:
    """What became of the same question there; an error as a value, since the chat goes on without it."""
    try:
        table = _table(visit, presenter, beside)
        return frontline().answering.ask(presenter.principal, visit.org_id, question, trial=table)
    except FrontlineError as error:
        return error


def _engines(live: Published) -> list[Beside]:
    """The other ways to decide: the built-in engine where a server is asked, the org's server where it is not."""
    model = live.policy.model
    found = [Beside.BUILT_IN] if frontline().engines.asks_a_server(model.engine) else []
    if model.base_url and model.model and model.engine is not EngineKind.SERVER:
        found.append(Beside.SERVER)
    return found


def _table(visit: Visit, presenter: Presenter, beside: Beside) -> Published | None:
    if beside in _TABLES:
        return tables.table(presenter.principal, visit.org_id, _TABLES[beside])
    live = _live(visit, presenter, frontline().publishing.state(presenter.principal, visit.org_id))
    return replace(live, policy=replace(live.policy, model=replace(live.policy.model, engine=_ENGINES[beside])))


def _live(visit: Visit, presenter: Presenter, state: LiveState) -> Published:
    return frontline().questions.trial(presenter.principal, visit.org_id, revision=state.live)
