"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

import harness.engine.fingerprint
import harness.engine.plain


@pytest.mark.parametrize(
    "module", [harness.engine.fingerprint, harness.engine.plain], ids=lambda module: module.__name__
)
def test_examples_hold(module: ModuleType) -> None:
    failed, attempted = doctest.testmod(module)
    assert attempted > 0
    assert 0 == failed
