"""What a screen reader makes of a page, and whether it fits its window."""

from __future__ import annotations

from browser.scripts import script
from playwright.sync_api import Page


def structure_faults(page: Page) -> list[str]:
    """Return what is missing for those who do not see the page: names, headings in order, ids that are there once."""
    faults: list[str] = page.evaluate(script("structure"))
    return faults


def overflow_faults(page: Page) -> list[str]:
    """Return what makes the page wider than its window."""
    faults: list[str] = page.evaluate(script("overflow"))
    return faults
