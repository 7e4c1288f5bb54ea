"""``python -m core.evaluate``: the older spelling of ``python -m core evaluate``."""

import sys

from core.commands.evaluate.command import main

if __name__ == "__main__":
    sys.exit(main())
