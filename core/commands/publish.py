"""``python -m core publish``: makes a saved revision live for visitors, or says what that would change."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from core.bootstrap import Frontline, frontline
from core.commands.evaluate.job import refused, say
from core.commands.evaluate.person import acting
from core.commands.exits import Ending, Exit
from core.commands.who_arguments import add_org, add_person
from core.errors import FrontlineError, InvalidInput, NotFound
from core.identity.principal import Principal
from core.plurals import counted
from core.publishing.check import CheckNeeded
from core.publishing.check_words import KIND_WORDS, in_short, reply, sentence, why
from core.publishing.flips import CheckResult
from core.publishing.publication import LiveChanged, LiveState, ReasonNeeded
from core.spending.words import tokens

FLIPS_TOLD = 200
_EPILOG = """\
exit status: 0 done; 1 the organisation's rules hold it back: it breaks too many test questions without a reason, has to
be checked first, or somebody else published meanwhile; 2 the command is wrong, or there is nothing to publish; 3 it
cannot be run (sign-in, permission, engine, database, spending limit).

who acts: with PropelAuth whoever FRONTLINE_TOKEN belongs to; with the demo sign-in a demo person, by default an owner
of the organisation. Their permission to publish is needed; for --check the one to run evaluations.

example:
  python -m core publish --org "Northwind Clothing" --check && python -m core publish --org "Northwind Clothing"
"""


@dataclass(frozen=True, kw_only=True)
class _Job:
    parts: Frontline
    principal: Principal
    org_id: str
    state: LiveState
    revision: int


def main(given: Sequence[str] | None = None) -> Exit:
    """Publish or check, and say with which status it ends."""
    asked = _parser().parse_args(given)
    try:
        return _carried_out(asked)
    except Ending as ending:
        say(str(ending))
        return ending.status
    except (ReasonNeeded, CheckNeeded, LiveChanged) as error:
        say(_for_a_terminal(error))
        return Exit.BELOW
    except (InvalidInput, NotFound) as error:
        say(refused(error))
        return Exit.WRONG_USE
    except FrontlineError as error:
        say(refused(error))
        return Exit.CANNOT_RUN
    except KeyboardInterrupt:
        say("Interrupted. Nothing was published.")
        return Exit.BELOW


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m core publish",
        description="Makes a saved revision of an organisation's table and settings the one that visitors get.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add_org(add)
    add("--revision", type=int, metavar="NUMBER", help="which one; by default the newest")
    add("--reason", default="", metavar="TEXT", help="why; kept with the publication")
    add("--check", action="store_true", help="only say which test questions would end otherwise; publish nothing")
    add("--may-cost", action="store_true", help="with --check: a model server may be asked, where one has to be")
    add_person(add)
    return parser


def _carried_out(asked: argparse.Namespace) -> Exit:
    parts = frontline()
    try:
        principal, membership = acting(parts, asked.org, asked.person)
        state = parts.publishing.state(principal, membership.org_id)
        revision = state.newest if asked.revision is None else asked.revision
        job = _Job(parts=parts, principal=principal, org_id=membership.org_id, state=state, revision=revision)
        return _check(job, may_cost=asked.may_cost) if asked.check else _publish(job, asked.reason)
    finally:
        parts.stop()


def _publish(job: _Job, reason: str) -> Exit:
    made = job.parts.publishing.publish(
        job.principal, job.org_id, revision=job.revision, live=job.state.live, reason=reason
    )
    instead = f" in place of revision {made.replaced}" if made.replaced else ""
    broken = "" if made.broken is None else f" It breaks {counted(made.broken, 'test question')}."
    print(f"Visitors get revision {made.revision} now{instead}.{broken}")  # noqa: T201 - what the command is for
    return Exit.OK


def _check(job: _Job, *, may_cost: bool) -> Exit:
    state, revision = job.state, job.revision
    if not 1 <= revision <= state.newest:
        raise NotFound(f"There is no revision {revision} of this table.")
    if revision == state.live:
        raise Ending(Exit.OK, f"Visitors get revision {revision} already.")
    checks = job.parts.checks
    effort = checks.effort_of_saved(job.principal, job.org_id, state.live, revision)
    if effort and not may_cost:
        most = tokens((effort.usage.sent or 0) + (effort.usage.received or 0))
        raise Ending(Exit.BELOW, f"The check asks a model server, up to about {most}. Add --may-cost to let it.")
    found = checks.of_saved(job.principal, job.org_id, state.live, revision)
    print(_told(job, found), flush=True)  # noqa: T201 - what the command is for
    most_broken = state.rules.max_broken
    if most_broken is not None and (len(found.broken) > most_broken or found.failed):
        say("The organisation's rules ask for a reason to publish this: add --reason.")
        return Exit.BELOW
    return Exit.OK


def _told(job: _Job, found: CheckResult) -> str:
    """The figures, and a line for each question that would end otherwise."""
    before, after = (
        {entry.id: entry for entry in job.parts.questions.table(job.principal, job.org_id, number).entries}
        for number in (job.state.live, job.revision)
    )
    now = f"revision {job.state.live}" if job.state.live else "nothing yet"
    lines = [f"Revision {job.revision} against what visitors get, {now}: {in_short(found)}"]
    lines.append(f"  {sentence(found).replace('**', '')}")
    if found.failed:
        lines.append(f"  {counted(found.failed, 'question')} could not be checked: the call failed.")
    for flip in found.flips[:FLIPS_TOLD]:
        ends = f"{reply(flip.before, before)} → {reply(flip.after, after)}"
        lines.append(f"  {KIND_WORDS[flip.kind]}: “{flip.question}”: {ends}; by {why(flip)}")
    if len(found.flips) > FLIPS_TOLD:
        lines.append(f"  and {len(found.flips) - FLIPS_TOLD:,} more")
    return "\n".join(lines)


def _for_a_terminal(error: FrontlineError) -> str:
    if isinstance(error, CheckNeeded):
        return "The organisation's rules ask for a check first, which asks a model server: run --check --may-cost."
    if isinstance(error, ReasonNeeded):
        return f"{error} Nothing was published; --check lists the questions, --reason gives the reason."
    return str(error)
