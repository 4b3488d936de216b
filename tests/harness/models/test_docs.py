"""What docs/upscalers.md says can be done, done as it says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from harness.models import KINDS
from harness.models.from_basicsr import ARCHITECTURES
from harness.models.spec import parse_spec

PAGE = Path(__file__).parents[3] / "docs" / "upscalers.md"


def test_the_examples_give_what_they_say() -> None:
    pytest.importorskip("torch")
    failed, ran = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert ran > 10


def test_every_kind_and_architecture_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [] == [kind for kind in KINDS if f"`{kind}" not in text]
    assert [] == [name for name in ARCHITECTURES if name not in text]


def test_the_specs_on_the_page_are_read_as_kinds_that_exist() -> None:
    block = re.search(r"```\n(bicubic\n.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert block is not None
    kinds = [parse_spec(line).kind for line in block.group(1).splitlines()]
    assert ["bicubic", "spandrel", "basicsr", "onnx", "dir"] == kinds
