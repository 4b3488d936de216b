"""The examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import harness.classifiers

TORCH = ("deterministic_pool", "small_resnet")  # written in torch, which may be absent
MODULES = [module.name for module in pkgutil.iter_modules(harness.classifiers.__path__) if module.name not in TORCH]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_give_what_they_say(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(f"harness.classifiers.{name}"))
    assert failed == 0
