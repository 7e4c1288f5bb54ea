"""Loads scipy's statistics before they are needed: they take a second, which nobody should wait for."""

import functools
import importlib
import threading


@functools.cache
def load_soon() -> None:
    """Begin to load them in a thread, once a process. Whoever needs them meanwhile waits for the rest only."""
    name = "scipy.stats"
    threading.Thread(target=importlib.import_module, args=(name,), name="frontline-loading", daemon=True).start()
