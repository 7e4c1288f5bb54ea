"""The process that reads one upload and ends: whatever a file does to its parser, it does it here.

Run as ``python -m core.files.child`` by ``reading``. Takes a line of JSON and then the file's bytes on its standard
input, gives the table or the refusal on its standard output (see ``wire``).
"""

import json
import sys
import traceback

from core.errors import FileRejected
from core.files.parsing import parse
from core.files.serialization import dump
from core.files.table import FileLimits, KnownHeadings, ReadingChoices

TOO_MUCH = "Reading the file takes too much memory. Remove what is not needed, or split it, and upload it again."
NO_NUMPY = "numpy"


def main() -> None:
    """Read one request and answer it."""
    request = json.loads(sys.stdin.buffer.readline())
    limits, choices = FileLimits(**request["limits"]), ReadingChoices(**request["choices"])
    known = KnownHeadings(**{kind: frozenset(names) for kind, names in request["known"].items()})
    restrict(limits)
    # openpyxl loads numpy, if it is there, only to know its number types: 0.2 s and hundreds of MB of address space.
    sys.modules["numpy"] = None  # type: ignore[assignment]  # the documented way to make an import fail
    data = sys.stdin.buffer.read()
    try:
        answer = dump(parse(data, request["name"], limits, choices, known))
    except FileRejected as rejected:
        answer = dump(rejected)
    except MemoryError:
        answer = dump(FileRejected(TOO_MUCH))
    except Exception as error:  # noqa: BLE001 - where it failed goes to the log, what it says may quote the file
        sys.exit(f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}")
    sys.stdout.buffer.write(answer)


def restrict(limits: FileLimits) -> None:
    """Let this process have no more than ``limits``, as far as the operating system can see to it."""
    if sys.platform == "win32":
        return  # no resource limits there: the parent's wall time still holds
    import resource  # noqa: PLC0415 - exists on Unix only

    def lower(kind: int, soft: int, hard: int) -> None:
        most = resource.getrlimit(kind)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))

    lower(resource.RLIMIT_CORE, 0, 0)
    lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)
    if sys.platform != "darwin":  # macOS does not hold a process to RLIMIT_AS
        lower(resource.RLIMIT_AS, limits.memory, limits.memory)


if __name__ == "__main__":
    main()
