"""Without its library, a kind names the extra that installs it; nothing else is in the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.models.dependencies import require_torch
from srmetrics.errors import DependencyError

BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

BLOCKED = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Blocker())

from harness.models import LoadSettings, load_upscaler
from srmetrics.errors import DependencyError

for spec in sys.argv[2:]:
    try:
        load_upscaler(spec, LoadSettings(allow_code=True, scale=2))
        print("loaded")
    except DependencyError as error:
        print(error)
"""


def run(blocked: str, *specs: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BLOCKED, blocked, *specs],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.splitlines()


def test_every_kind_names_the_extra_that_it_misses_and_baselines_miss_none(tmp_path: Path) -> None:
    weights = tmp_path / "weights.pth"
    weights.write_bytes(b"anything")
    said = run(
        "torch,onnxruntime,spandrel,basicsr",
        "bicubic",
        f"spandrel:{weights}",
        f"basicsr:MSRResNet?weights={weights}",
        f"torchscript:{weights}",
        f"onnx:{weights}",
    )
    expected = [
        "loaded",
        "spandrel: upscalers need torch, which is not installed. Install it: pip install 'srmetrics[torch]'.",
        "basicsr: upscalers need torch, which is not installed. Install it: pip install 'srmetrics[torch]'.",
        "torchscript: upscalers need torch, which is not installed. Install it: pip install 'srmetrics[torch]'.",
        "onnx: upscalers need onnxruntime, which is not installed. Install it: pip install 'srmetrics[models]'.",
    ]
    assert expected == said


def test_with_torch_alone_the_models_extra_is_named(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    weights = tmp_path / "weights.pth"
    weights.write_bytes(b"anything")
    said = run("spandrel,basicsr", f"spandrel:{weights}", f"basicsr:MSRResNet?weights={weights}")
    assert (
        said[0] == "spandrel: upscalers need spandrel, which is not installed. "
        "Install it: pip install 'srmetrics[models]'."
    )
    assert said[1].startswith("basicsr: upscalers need basicsr, which is not installed. Install the mended one: pip ")
    assert said[1].endswith("'srmetrics[models]'.")


def test_the_basicsr_of_the_index_that_cannot_be_imported_is_told_from_an_absent_one(tmp_path: Path) -> None:
    (tmp_path / "basicsr").mkdir()
    # What the package of that name does with today's torchvision.
    (tmp_path / "basicsr" / "__init__.py").write_text("import torchvision_of_old.functional_tensor")
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from harness.models.dependencies import require
require("basicsr.archs.edsr_arch", "models", "these")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert "DependencyError: these need basicsr, which needs torchvision_of_old, which is not installed" in done.stderr
    assert "pip uninstall basicsr; pip install 'srmetrics[models]'" in done.stderr


@pytest.mark.parametrize(
    ("version", "sound"), [("2.9.1", False), ("1.13.0+cu117", False), ("2.10.0", True), ("3.0", True)]
)
def test_a_torch_that_can_be_made_to_run_weights_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: str, sound: bool
) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch, "__version__", version)
    if sound:
        assert require_torch("these") is torch
    else:
        with pytest.raises(DependencyError, match=r"newer torch; found .*; expected 2\.10 or later"):
            require_torch("these")
