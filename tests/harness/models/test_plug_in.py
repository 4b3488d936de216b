"""A third party's kind of upscaler: a package that is really installed, by pip, into a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

MODULE = """
print("imported")
from harness.models import FunctionUpscaler

def load(request):
    plus = request.options.integer("plus", 0)
    request.options.close()
    return FunctionUpscaler(lambda image: image.repeat(2, 0).repeat(2, 1) + plus, "plugged", 2)
"""


def install(folder: Path, package: str, kind: str, module: str = MODULE) -> None:
    """Make a wheel of one module and let pip install it into ``folder / "site"``."""
    wheel = folder / f"{package}-1.0-py3-none-any.whl"
    info = f"{package}-1.0.dist-info"
    files = {
        f"{package}.py": module,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[srmetrics.upscalers]\n{kind} = {package}:load\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
    ]
    subprocess.run([*command, "--target", str(folder / "site"), str(wheel)], check=True, timeout=120)


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(folder / "site"), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-c", f"from harness.models import *\n{script}"],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pip")
    folder = tmp_path_factory.mktemp("plug_ins")
    install(folder, "srm_test_twice", "twice")
    install(folder, "srm_test_one", "contested")
    install(folder, "srm_test_two", "contested")
    install(folder, "srm_test_bad", "broken", "import a_package_that_nobody_has")
    return folder


def test_an_installed_package_adds_a_kind_that_is_imported_when_it_is_named(site: Path) -> None:
    done = run(
        site,
        "import numpy as np\n"
        "load_upscaler('bicubic', LoadSettings(scale=2)); print('not yet')\n"
        "upscaler = load_upscaler('mine=twice:any?plus=3&self_ensemble=x8', LoadSettings(scale=2))\n"
        "print(upscaler.description.name, upscaler.description.spec, upscaler.description.self_ensemble)\n"
        "print(upscaler.upscale(np.ones((1, 1), np.uint8)).tolist())",
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "not yet",
        "imported",
        "mine twice:any?plus=3&self_ensemble=x8 True",
        "[[4.0, 4.0], [4.0, 4.0]]",
    ]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("twcie", ["no such kind", "Did you mean 'twice'"]),
        ("twice?minus=3", ["twice has no such option", "'minus'", "plus"]),
        (
            "contested",
            ["several installed packages add the kind 'contested'", "srm_test_one, srm_test_two", "Uninstall"],
        ),
        ("broken", ["srm_test_bad adds the kind 'broken'", "cannot be imported", "a_package_that_nobody_has"]),
    ],
)
def test_what_is_wrong_with_an_added_kind_is_named(site: Path, spec: str, words: list[str]) -> None:
    done = run(site, f"load_upscaler({spec!r})")
    assert "srmetrics.errors.ModelError" in done.stderr
    assert all(word in done.stderr for word in words), done.stderr
