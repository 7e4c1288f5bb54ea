"""``python -m core COMMAND``: what Frontline does without a browser. Each command ends with an ``Exit``."""

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "check": ("core.commands.check.command", "say what is doubtful about an organisation's questions and answers"),
    "evaluate": ("core.commands.evaluate.command", "run test questions against an organisation's answers"),
    "export": ("core.commands.export_table", "write an organisation's questions and answers to a file"),
    "import": ("core.commands.import_table", "import a file of questions and answers as one save"),
    "publish": ("core.commands.publish", "make a saved revision live for visitors, or say what that would change"),
    "backup": ("core.commands.backup", "write all that the database holds into one file"),
    "restore": ("core.commands.restore", "put a backup back into an empty database"),
    "doctor": ("core.commands.doctor", "look at the installation and say what to mend"),
    "worker": ("core.commands.worker", "answer the rows of evaluations beside the server"),
}
"""The module whose ``main`` runs a command, and what the command does. Loaded when it is called: some take seconds."""


def main(given: Sequence[str] | None = None) -> int:
    """Run a command and say with which status it ends. Ends the process where there is no such command."""
    width = max(map(len, COMMANDS)) + 2
    parser = argparse.ArgumentParser(
        prog="python -m core",
        usage="python -m core COMMAND …",
        description="\n".join(f"  {name:{width}}{what}" for name, (_, what) in COMMANDS.items()),
        epilog="python -m core COMMAND --help says more. Status 0: done; 1: a bound is missed, or it ended early; "
        "2: the command or the file is wrong; 3: it cannot be run.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help=argparse.SUPPRESS)
    words = list(sys.argv[1:] if given is None else given)
    command = parser.parse_args(words[:1]).command
    ended: int = importlib.import_module(COMMANDS[command][0]).main(words[1:])
    return ended


if __name__ == "__main__":
    sys.exit(main())
