"""The pages that are opened: reports of runs that the real command made."""

from __future__ import annotations

import pytest
from browser.runs import Report, bench_run, nasty_run, report_of, volume_run
from playwright.sync_api import Browser


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
