"""Chromium for the tests of pages, and the pages: reports of runs that the real command made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from browser.runs import Report, bench_run, nasty_run, report_of, volume_run
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """The browser that SRMETRICS_CHROMIUM names, or that lies on the path."""
    named = os.environ.get("SRMETRICS_CHROMIUM")
    if named:
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip(f"none of {', '.join(NAMES)} is installed, and SRMETRICS_CHROMIUM names none")
    with sync_playwright() as playwright:
        # Containers have no user namespaces for the sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def volumes(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Slices of volumes with regions and patients."""
    run = volume_run(tmp_path_factory.mktemp("volumes"))
    return Report(run, report_of(run))


@pytest.fixture(scope="session")
def nasty(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Pictures, groups, methods and a data set with hostile names."""
    run = nasty_run(tmp_path_factory.mktemp("nasty"))
    return Report(run, report_of(run))


@pytest.fixture(scope="session")
def bench(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A bench with classifiers."""
    run = bench_run(tmp_path_factory.mktemp("bench"))
    return Report(run, report_of(run))
