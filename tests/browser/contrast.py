"""Contrast of everything that is read on a page, from the styles that the browser computed."""

from __future__ import annotations

from typing import Any

from browser.scripts import script
from playwright.sync_api import Page

LIMITS = {"text": 4.5, "large": 3.0, "edge": 3.0}
"""WCAG 2.2 AA: success criterion 1.4.3 (text; large from 24 px, or 18.66 px in bold) and 1.4.11 (controls, lines)."""


def contrast_faults(page: Page) -> list[str]:
    """Return each text that has too little contrast with what lies behind it.

    Text in drawings and before and after elements counts, that of inactive controls does not. A picture behind text
    counts as black and as white.
    """
    found = _measured(page, "texts")
    assert found["count"] > 0, "the page has no text"
    faults: list[str] = found["faults"]
    return faults


def edge_faults(page: Page) -> list[str]:
    """Return each control whose border, and each line of a chart whose colour, is too near to what lies behind it."""
    faults: list[str] = _measured(page, "edges")["faults"]
    return faults


def _measured(page: Page, what: str) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(script("contrast"), {"what": what, **LIMITS})
    return found
