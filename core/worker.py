"""``python -m core.worker``: the older spelling of ``python -m core worker``."""

import sys

from core.commands.worker import main

if __name__ == "__main__":
    sys.exit(main())
