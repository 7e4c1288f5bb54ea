"""The product says that no question leaves the computer: a whole run speaks to nobody that was not configured."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.files.writing import to_xlsx
from core.identity.demo import CLOTHING_ORG
from tests.network import spoken_to, watched

ROOT = Path(__file__).resolve().parents[2]
QUIET_IN_CI = ("CI", "GITHUB_ACTIONS", "TF_BUILD")
"""Where one of these is set, onnxruntime keeps quiet by itself, and nobody else's installation has them."""


def environment(folder: Path) -> dict[str, str]:
    """This process's, with a home of its own, and without what tells a library that it is tested."""
    left_out = ("FRONTLINE_", "PROPELAUTH_", "DATABASE_", "ORT_", *QUIET_IN_CI)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    home = folder / "home"
    home.mkdir()
    return kept | {"FRONTLINE_DATA_DIR": str(folder), "HOME": str(home)}


def test_preparing_the_model_and_a_run_with_its_report_speak_to_nobody(tmp_path: Path) -> None:
    asked = pd.DataFrame({"question": ["when are you open"], "expected_question": ["What are your hours?"]})
    (tmp_path / "asked.xlsx").write_bytes(to_xlsx({"Test questions": asked}))
    command = [sys.executable, "-m", "core.evaluate", "--org", CLOTHING_ORG, "--dataset", str(tmp_path / "asked.xlsx")]
    outputs = [part for kind in ("csv", "xlsx", "html") for part in (f"--{kind}", str(tmp_path / f"out.{kind}"))]

    environment_, trace = environment(tmp_path), tmp_path / "trace"
    ran = subprocess.run(
        watched([*command, *outputs], trace), cwd=ROOT, env=environment_, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "out.html").exists()
    assert spoken_to(trace) == set()
    assert not list((tmp_path / "home").rglob("*Microsoft*"))


@pytest.mark.parametrize("entry", ["app", "core.worker", "core.evaluate", "core.__main__"])
def test_every_way_in_switches_reports_off_before_onnxruntime_can_be_loaded(entry: str, tmp_path: Path) -> None:
    program = f"""
import os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "onnxruntime":
            assert os.environ.get("ORT_DISABLE_TELEMETRY") == "1", "loaded too early"
sys.meta_path.insert(0, Watch())
import {entry}
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
