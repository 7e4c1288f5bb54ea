"""What ``.ci/run`` asks of others' tools: known weaknesses of packages, risky code, and licences.

``python -m tests.security_checks``. A finding ends it with status 1. What is left as it is stands here with its reason.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from core.settings import PROJECT

Json = Mapping[str, Any]

WEAKNESSES: Mapping[str, str] = {}
"""Known weaknesses (their ids) that cannot be mended by a newer version, each with why it does no harm here."""

RISKY: Mapping[tuple[str, str], str] = {
    ("B105", "core/commands/evaluate/person.py"): "the name of a setting, not its value",
    ("B105", "core/servers/sealing.py"): "the name of a file, not its content",
    ("B311", "core/engines/cascade.py"): "a sample for an estimate, the same each time",
    ("B311", "core/engines/language/timeouts.py"): "spreads waiting times; nobody gains by guessing them",
    ("B404", "core/files/reading.py"): "starts our own reader in a process with bounds",
    ("B603", "core/files/reading.py"): "a fixed list of arguments, and no shell",
    ("B406", "core/files/workbook_parts.py"): "takes what defusedxml reads; parses nothing itself",
    ("B406", "core/report/junit.py"): "writes XML, and reads none",
    ("B608", "core/engines/semantic/vector_store.py"): "question marks only; the values are bound",
    ("B704", "core/report/html.py"): "the text is escaped first, or a drawing without anybody's text",
}
"""Rules of bandit by the file that may break them. B101 is off: an assert tells mypy a type, and guards nothing."""

FREE = (
    *("MIT", "BSD", "Apache", "ISC", "Python Software Foundation", "PSF", "0BSD", "Zlib", "Unlicense", "CC0", "HPND"),
    *("The Unlicense", "zlib"),
)
"""Beginnings of licences that ask for no more than their notice."""
OTHERS: Mapping[str, str] = {
    "axe-playwright-python": "its metadata names none; tests only, never shipped",
    "certifi": "MPL 2.0: its own files would have to stay open, and are not changed",
    "hypothesis": "MPL 2.0, tests only",
    "pathspec": "MPL 2.0, tools only, not changed",
    "psycopg": "LGPL 3.0: used as a library that anybody can exchange",
    "psycopg-binary": "LGPL 3.0, as psycopg",
    "tqdm": "MPL 2.0 and MIT, not changed",
}
"""Packages with another licence, each with why it may be used."""


def weak(report: Json) -> tuple[list[str], int, int]:
    """The known weaknesses in pip-audit's report, how many packages were looked up, and how many were not."""
    packages = report["dependencies"]
    looked_up = [one for one in packages if "skip_reason" not in one]
    found = [
        f"{one['name']} {one['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'none'}"
        for one in looked_up
        for weakness in one["vulns"]
        if not {weakness["id"], *weakness.get("aliases", ())} & set(WEAKNESSES)
    ]
    return found, len(looked_up), len(packages) - len(looked_up)


def risky(report: Json) -> list[str]:
    """What bandit found and nobody explained, and what was explained and is not there any more."""
    found = {(one["test_id"], one["filename"].removeprefix("./")): one for one in report["results"]}
    new = [
        f"{file}:{one['line_number']}: {rule} {one['issue_text']}"
        for (rule, file), one in found.items()
        if (rule, file) not in RISKY
    ]
    gone = [f"{file}: {rule} is explained here, and is not there any more" for rule, file in RISKY.keys() - found]
    unread = [f"{one['filename']}: {one['reason']}" for one in report["errors"]]
    return [*new, *gone, *unread]


def unfree(packages: Sequence[Json]) -> list[str]:
    """Packages whose licence nobody looked at."""

    def is_free(licence: str) -> bool:
        parts = licence.replace(" AND ", ";").replace(" OR ", ";").replace("3-Clause BSD", "BSD").split(";")
        named = [part.strip().strip("()") for part in parts]
        return all(part.startswith((*FREE, "DFSG approved")) for part in named)

    return [
        f"{one['Name']} {one['Version']}: {one['License']}"
        for one in packages
        if one["Name"] not in OTHERS and not is_free(one["License"])
    ]


def _ran(*command: str) -> tuple[str, str]:
    ended = subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True, check=False)
    return ended.stdout, ended.stderr


def _weaknesses() -> list[str]:
    """A service that is not there is told and is no failure: the code is no worse by it."""
    out, told = _ran("pip_audit", "--local", "--progress-spinner", "off", "--format", "json", "--timeout", "10")
    try:
        found, looked_up, skipped = weak(json.loads(out))
    except ValueError:
        reason = (told.strip().splitlines() or ["no answer"])[-1]
        print(f"NOT AUDITED: no service of known weaknesses can be reached from here ({reason[:200]})")
        return []
    if looked_up == 0:
        print(f"NOT AUDITED: the service that was asked knows none of the {skipped} packages")
    else:
        print(f"{looked_up} packages have no known weakness" if not found else f"{looked_up} packages were looked up")
    return found


def main() -> int:
    """Run all three and tell what they found."""
    print("== known weaknesses of packages (pip-audit)")
    found = _weaknesses()
    print("== risky code (bandit)")
    out, _ = _ran("bandit", "-q", "-r", "core", "pages", "app.py", "-s", "B101", "-f", "json")
    found += risky(json.loads(out))
    print("== licences (pip-licenses)")
    packages = json.loads(_ran("piplicenses", "--format", "json")[0])
    for one in packages:
        why = f" ({OTHERS[one['Name']]})" if one["Name"] in OTHERS else ""
        print(f"{one['Name']} {one['Version']}: {one['License']}{why}")
    found += unfree(packages)
    for one in found:
        print(f"FOUND: {one}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
