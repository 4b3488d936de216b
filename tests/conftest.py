"""Fixtures shared by all tests, and the switch for comparisons with live tools."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says what else the machine does, and nothing of the code.
settings.register_profile("unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live-oracles",
        action="store_true",
        help="also compare with the other tools themselves, run here, besides their recorded values",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "matlab" in item.keywords:
            item.user_properties.append(("oracle", "matlab"))  # so that .ci/run finds them in the report
        if "browser" in item.keywords:
            item.user_properties.append(("needs", "chromium"))  # likewise
    if config.getoption("--live-oracles"):
        return
    skip = pytest.mark.skip(reason="compares with other tools run here: pytest --live-oracles")
    for item in items:
        if "live" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real images and MATLAB's numbers that SRMETRICS_DATA names."""
    named = os.environ.get("SRMETRICS_DATA")
    if not named:
        pytest.skip("SRMETRICS_DATA does not name the folder of real images")
    folder = Path(named).resolve()
    assert folder.is_dir(), f"SRMETRICS_DATA={named} is not a folder"
    return folder
