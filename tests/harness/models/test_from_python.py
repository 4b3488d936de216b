from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.models import LoadSettings, load_upscaler
from srmetrics.errors import ModelError, UsageError

ALLOWED = LoadSettings(allow_code=True)

MODULE = """
from pathlib import Path
from harness.models import FunctionUpscaler
Path(__file__).with_name("ran").touch()

class Makers:
    @staticmethod
    def twice(plus: float = 0.0):
        return FunctionUpscaler(lambda image: image.repeat(2, 0).repeat(2, 1) + plus, "twice", 2)

def broken():
    raise KeyError("weights")

def nothing():
    return object()

number = 3
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "my_upscalers_7.py").write_text(MODULE)
    (tmp_path / "my_needy_7.py").write_text("import a_package_that_nobody_has")
    (tmp_path / "my_bad_7.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_users_factory_gets_the_specs_options_as_values(mine: Path) -> None:
    upscaler = load_upscaler("python:my_upscalers_7:Makers.twice?plus=0.5&trained_on=mine", ALLOWED)
    np.testing.assert_array_equal([[1.5, 1.5], [1.5, 1.5]], upscaler.upscale(np.ones((1, 1), np.uint8)))
    said = upscaler.description
    assert (said.name, said.needs_code, said.trained_on) == ("Makers.twice", True, "mine")


def test_nothing_is_imported_unless_programs_are_allowed(mine: Path) -> None:
    with pytest.raises(UsageError, match="--allow-code"):
        load_upscaler("python:my_upscalers_7:Makers.twice")
    assert not (mine / "ran").exists()


def test_the_fake_can_be_named_from_a_command_line() -> None:
    assert 3 == load_upscaler("python:harness.models.fake:FakeUpscaler?scale=3", ALLOWED).description.scale


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("my_upscalers_7", ["a module and a factory", "python:module:name"]),
        ("my_upscaler_7:twice", ["no module 'my_upscaler_7'", "PYTHONPATH"]),
        ("my_needy_7:twice", ["needs another", "a_package_that_nobody_has"]),
        ("my_bad_7:twice", ["cannot be imported", "ZeroDivisionError"]),
        ("my_upscalers_7:twice", ["has no 'twice'", "Makers"]),
        ("my_upscalers_7:number", ["is no function", "int"]),
        ("my_upscalers_7:Makers.twice?plsu=1", ["does not take these options", "plsu=1", "plus: float = 0.0"]),
        ("my_upscalers_7:broken", ["my_upscalers_7:broken failed", "KeyError: 'weights'"]),
        ("my_upscalers_7:nothing", ["is no upscaler", "object"]),
    ],
)
def test_what_is_wrong_with_a_users_program_is_named(mine: Path, rest: str, words: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        load_upscaler(f"python:{rest}", ALLOWED)
    assert all(word in str(caught.value) for word in words), str(caught.value)
