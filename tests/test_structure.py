"""The house rules of DESIGN 1: who imports whom, what is public, what importing costs, and where things are printed."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.metadata
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest

import degradations
import harness
import srmetrics
import srmetrics.metrics
import srmetrics.presets

PACKAGES = {"srmetrics": srmetrics, "degradations": degradations, "harness": harness}
ROOTS = {name: Path(str(package.__file__)).parent for name, package in PACKAGES.items()}
FILES = sorted(path for root in ROOTS.values() for path in root.rglob("*.py"))

# From the ground up; a module may import from its own floor and from those below it.
FLOORS = [
    {"srmetrics"},
    {"degradations", "harness.images", "harness.engine"},
    {"harness.statistics"},
    {"harness.leaderboard"},
    {"harness.models", "harness.classifiers"},
    {"harness.jobs", "harness.front"},  # the jobs, and their doors in Python
    {"harness.report", "harness.figures", "harness.citation"},
    {"harness"},
    {"harness.cli", "harness.__main__"},
]

HEAVY = (
    "basicsr", "dask", "distributed", "h5py", "harness", "imagehash", "jinja2", "matplotlib", "nibabel", "onnxruntime",
    "pandas", "piq", "pydicom", "skimage", "sklearn", "spandrel", "timm", "torch", "torchvision",
)  # fmt: skip


def module_name(path: Path) -> str:
    (name,) = [name for name, root in ROOTS.items() if path.is_relative_to(root)]
    parts = [name, *path.relative_to(ROOTS[name]).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def named(path: Path) -> str:
    return module_name(path)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def without_type_checking(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, leaving out what stands under ``if TYPE_CHECKING``."""
    if isinstance(tree, ast.If) and "TYPE_CHECKING" in ast.dump(tree.test):
        return
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from without_type_checking(child)


def imports_of(path: Path) -> set[str]:
    """Return the full names of all modules that a file imports anywhere, and of the names that it takes from them."""
    found: set[str] = set()
    for node in without_type_checking(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def floor_of(name: str) -> int | None:
    """Return the floor of a module, by the longest room that holds it; None for other people's."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        room = ".".join(parts[:length])
        for floor, rooms in enumerate(FLOORS):
            if room in rooms:
                return floor
    return None


def test_every_module_has_a_floor() -> None:
    assert len(FILES) > 60
    homeless = {module_name(path) for path in FILES if floor_of(module_name(path)) is None}
    assert homeless == set()
    doors = {module_name(path) for path in ROOTS["harness"].glob("*.py")}
    assert doors <= {"harness", "harness.front", "harness.__main__"}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_nothing_is_imported_from_a_higher_floor(path: Path) -> None:
    own = floor_of(module_name(path))
    assert own is not None
    if module_name(path) == "harness":
        return  # its names are looked up when they are first used
    higher = {name for name in imports_of(path) if (floor := floor_of(name)) is not None and floor > own}
    assert higher == set()


def test_the_core_stands_on_numpy_scipy_and_opencv_alone() -> None:
    allowed = {"numpy", "scipy", "cv2", "srmetrics", *sys.stdlib_module_names}
    found = {
        (module_name(path), name)
        for path in FILES
        if path.is_relative_to(ROOTS["srmetrics"]) and not path.name.startswith("from_")
        for name in imports_of(path)
        if name.partition(".")[0] not in allowed
    }
    assert found == set()


def test_the_core_touches_no_disk() -> None:
    doors = ("io", "os", "pathlib", "shutil", "tempfile")
    found = {
        (module_name(path), name)
        for path in FILES
        if path.is_relative_to(ROOTS["srmetrics"]) and not path.name.startswith("from_")
        for name in imports_of(path)
        if name.partition(".")[0] in doors
    }
    # An error may name the file that it happened in.
    assert found == {("srmetrics.errors", "os.PathLike"), ("srmetrics.errors", "os.fspath")}
    calls = {
        (module_name(path), call)
        for path in FILES
        if path.is_relative_to(ROOTS["srmetrics"]) and not path.name.startswith("from_")
        for call in calls_of(path)
        if call in {"open", "np.load", "np.save", "np.fromfile", "cv2.imread", "cv2.imwrite"}
    }
    assert calls == set()


def calls_of(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_only_the_command_line_prints(path: Path) -> None:
    if path.is_relative_to(ROOTS["harness"] / "cli"):
        return
    assert not calls_of(path) & {"print", "sys.stdout.write", "sys.stderr.write", "click.echo"}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_files_are_short_and_named_for_what_they_hold(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < 300
    assert not {*path.with_suffix("").parts[-2:]} & {"utils", "helpers", "common", "misc", "util", "helper"}
    assert ast.get_docstring(tree_of(path)), "a module says what it is for"


PUBLIC = {
    "srmetrics": [
        "METRICS", "PRESETS", "EvaluationProtocol", "Preset", "Scores", "Signature", "SrmetricsError",
        "SrmetricsWarning", "__version__", "boundary_band", "error_map", "evaluate", "evaluate_regions",
        "evaluate_volume", "explain", "find_protocol", "format_signature", "mae", "ms_ssim", "mse", "nrmse",
        "otsu_mask",
        "parse_signature", "psnr", "regions_of", "rmse", "ssim", "ssim_map",
    ],
    "degradations": [
        "RECIPES", "Entry", "Recipe", "degrade", "find_recipe", "imresize", "read_manifest", "recipe_from_yaml",
        "recipe_to_yaml", "replay", "studio_luma", "upscale_float_luma",
    ],
    "harness": [
        "BenchProgress", "Leaderboard", "audit", "audit_table", "bench", "cite", "compare", "degrade", "diagnose",
        "figure", "verify", "write_report",
    ],
}  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_names_are_these_and_exist(package: str) -> None:
    assert PACKAGES[package].__all__ == PUBLIC[package]
    for name in PUBLIC[package]:
        assert getattr(PACKAGES[package], name) is not None


def test_an_unknown_name_of_the_lazy_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'harness' has no attribute 'comprae'"):
        _ = harness.comprae


# Runs in a fresh interpreter: what is imported, what is opened for writing, what is printed, which threads start.
IMPORT = """
import os, sys, threading
writes = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        writes.append(str(arguments[0]))
    elif event in ("os.mkdir", "os.rename", "os.remove", "socket.connect", "subprocess.Popen"):
        writes.append(event)
sys.addaudithook(hook)
import {module}
import json
answer = {{"writes": writes, "modules": sorted({{name.partition(".")[0] for name in sys.modules}})}}
os.write(3, json.dumps(answer).encode())
"""


def imported(module: str, folder: Path) -> tuple[dict[str, Any], str]:
    """Import a module in a fresh interpreter; return what it did, and what it printed."""
    answer = folder / "answer.json"
    command = [sys.executable, "-B", "-W", "error", "-c", IMPORT.format(module=module)]
    shell = 'exec "$@" 3>"$0"'
    done = subprocess.run(
        ["sh", "-c", shell, str(answer), *command], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(answer.read_text()), done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="hands the answer back through a third stream")
@pytest.mark.parametrize("module", ["srmetrics", "degradations", "harness", "harness.cli.main"])
def test_importing_is_quiet_and_light(module: str, tmp_path: Path) -> None:
    did, printed = imported(module, tmp_path)
    assert printed == ""
    assert did["writes"] == []
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]
    heavy = set(HEAVY) - ({"harness"} if module.startswith("harness") else set())
    assert heavy & set(did["modules"]) == set()


def test_the_three_packages_come_from_one_distribution() -> None:
    # Their names are common ones, and another distribution's could stand before them on the path.
    distribution = importlib.metadata.distribution("srmetrics")
    assert distribution.version == srmetrics.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+([a-z0-9.+]*)", srmetrics.__version__)
    recorded = {file.as_posix() for file in distribution.files or []}
    for name, root in ROOTS.items():
        if f"{name}/__init__.py" in recorded:
            assert Path(str(distribution.locate_file(name))).resolve() == root.resolve()
        else:  # an editable installation: the packages lie in the folder that it points to
            origin = json.loads(distribution.read_text("direct_url.json") or "{}")
            assert origin["dir_info"]["editable"] is True
            assert root.resolve().parent == Path(url2pathname(urlparse(origin["url"]).path)).resolve()


@pytest.mark.parametrize("path", [path for path in FILES if not path.is_relative_to(ROOTS["harness"])], ids=named)
def test_examples_in_docstrings_hold(path: Path) -> None:
    if path.name.startswith("from_piq"):
        pytest.importorskip("torch")
    module = importlib.import_module(module_name(path))
    assert doctest.testmod(module).failed == 0


def test_the_examples_of_the_front_page_are_found() -> None:
    assert doctest.testmod(srmetrics).attempted >= 5


@pytest.mark.parametrize(
    ("module", "before", "after", "message"),
    [
        (srmetrics.presets, '        "sr-y8",\n', '        "sr-y",\n', "two presets have one name"),
        (srmetrics.metrics, "(PSNR, SSIM, ", "(PSNR, PSNR, ", "two metrics have one name"),
    ],
)
def test_a_table_with_a_name_twice_does_not_load(module: Any, before: str, after: str, message: str) -> None:
    source = Path(module.__file__).read_text("utf-8")
    assert source.count(before) == 1
    with pytest.raises(RuntimeError, match=message):
        exec(compile(source.replace(before, after), module.__file__, "exec"), {"__name__": module.__name__})
