"""Fixtures shared by all tests, and the switch for comparisons with live tools."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """The browser that SRMETRICS_CHROMIUM names, or that lies on the path."""
    named = os.environ.get("SRMETRICS_CHROMIUM")
    if named:
        return named
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of a process: Playwright drives no second one beside it."""
    path = chromium_path()
    if path is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed, and SRMETRICS_CHROMIUM names none")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        # Containers have no user namespaces for the sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()
