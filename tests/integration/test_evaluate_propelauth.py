"""Who acts for ``python -m core evaluate`` where people have accounts: whoever the token belongs to, and no more."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.test_evaluate import environment, run_here
from tests.propelauth_server import BadToken, PropelAuthServer, propelauth_server

Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def propelauth() -> Iterator[PropelAuthServer]:
    with propelauth_server() as server:
        yield server


@pytest.fixture
def call(propelauth: PropelAuthServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    (tmp_path / "q.csv").write_text("question,expected_question\nare you there,__fallback__\n")

    def called(token: str, org: str, *more: str) -> "subprocess.CompletedProcess[str]":
        env = environment(tmp_path) | propelauth.environment("http://localhost:8501")
        if token:
            env["FRONTLINE_TOKEN"] = token
        ran = run_here(["--org", org, "--dataset", str(tmp_path / "q.csv"), *more], env, capsys)
        assert not token or token not in ran.stdout + ran.stderr
        return ran

    return called


def test_keys_and_tokens_of_who_may_evaluate_run_it(propelauth: PropelAuthServer, call: Call) -> None:
    org = propelauth.org("Team")
    admin = propelauth.user("Ada", {org: "Admin"})

    by_key = call(propelauth.api_key(user=admin), org)
    by_token = call(propelauth.access_token(admin), "team")

    assert (by_key.returncode, by_token.returncode) == (0, 0), by_key.stderr + by_token.stderr
    assert "accuracy               100 % (1 of 1" in by_key.stdout


def test_nobody_gets_more_than_they_may(propelauth: PropelAuthServer, call: Call) -> None:
    org, other = propelauth.org("Mine"), propelauth.org("Theirs")
    member = propelauth.user("Max", {org: "Member"})
    owner = propelauth.user("Ora", {org: "Owner", other: "Owner"})
    refused = {
        "may not run evaluations": call(propelauth.api_key(user=member), org),
        "no access to this organisation": call(propelauth.api_key(user=member), other),
        "have no access to this": call(propelauth.api_key(user=owner, org_id=other), org),
        "Set FRONTLINE_TOKEN": call("", org),
        "--person goes with the demo sign-in only": call("", org, "--person", "olivia@demo.example"),
        "": call(propelauth.access_token(owner, BadToken.EXPIRED), org),
    }

    told = {words: (ran.returncode, words in ran.stderr) for words, ran in refused.items()}
    assert told == dict.fromkeys(refused, (3, True))
