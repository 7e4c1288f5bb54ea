"""The tests where only what Frontline itself needs is installed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import INSTALL

ROOT = Path(__file__).resolve().parents[2]
PLAIN = """
import sys
sys.modules["hypothesis"] = None  # importing it fails as where it is not installed
import pytest
sys.exit(pytest.main(["tests/core/test_plurals.py"]))
"""


def test_without_their_own_packages_the_tests_name_the_command_that_installs_them() -> None:
    without_plugins = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    ran = subprocess.run(
        [sys.executable, "-c", PLAIN], cwd=ROOT, env=without_plugins, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 4
    assert ran.stderr.strip() == f"ERROR: {INSTALL}"
