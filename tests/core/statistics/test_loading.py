import subprocess
import sys

PROGRAM = """
import sys, threading
from core.statistics.loading import load_soon
assert "scipy.stats" not in sys.modules
load_soon()
load_soon()
loading = [thread for thread in threading.enumerate() if thread.name == "frontline-loading"]
assert len(loading) < 2, loading
from core.statistics.mcnemar import mcnemar
assert mcnemar(8, 10) > 0
[thread.join() for thread in loading]
assert "scipy.stats" in sys.modules
"""


def test_statistics_are_loaded_once_beside_whoever_needs_them_already() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
