"""The site as readers see it, opened from a disk: search, light and dark, a phone, no request to anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.contrast import contrast_faults
from browser.structure import overflow_faults
from browser.watched import watched
from built_site import built_site
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

KINDS = {
    "tables": "index.html",
    "code": "add-a-metric.html",
    "docstrings": "python.html",
    "notebook": "from-folder-to-cited-table.html",
}
"""A page of each kind."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_site(tmp_path_factory)


@pytest.mark.parametrize("page", KINDS.values(), ids=KINDS)
def test_a_page_can_be_read_in_light_and_dark_and_asks_for_nothing_elsewhere(
    chromium: Browser, site: Path, page: str
) -> None:
    for scheme in ("light", "dark"):
        with watched(chromium, site / page, beside=(site,), color_scheme=scheme) as one:
            colour = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (colour == "rgb(255, 255, 255)") == (scheme == "light")
            assert contrast_faults(one.page) == []
            assert one.faults == []


@pytest.mark.parametrize("page", KINDS.values(), ids=KINDS)
def test_a_page_fits_a_phone(chromium: Browser, site: Path, page: str) -> None:
    with watched(chromium, site / page, beside=(site,), viewport={"width": 390, "height": 844}) as one:
        assert overflow_faults(one.page) == []
        assert one.faults == []


def test_search_works_from_a_file(chromium: Browser, site: Path) -> None:
    with watched(chromium, site / "index.html", beside=(site,), viewport={"width": 1280, "height": 900}) as one:
        one.page.keyboard.press("/")
        one.page.keyboard.type("microaneurysm")
        first = one.page.locator(".md-search-result__link").first
        first.wait_for()
        assert (first.get_attribute("href") or "").partition("?")[0].endswith("/masks.html")
        first.click()
        one.page.wait_for_url("**/masks.html*")
        assert "microaneurysm" in one.page.locator("article").inner_text()
        assert one.faults == []


def test_colours_are_chosen_with_one_button_and_kept(chromium: Browser, site: Path) -> None:
    with watched(chromium, site / "index.html", beside=(site,), color_scheme="light") as one:

        def scheme() -> str | None:
            return one.page.locator("body").get_attribute("data-md-color-scheme")

        assert scheme() == "default"
        one.page.get_by_title("Switch to light").click()
        one.page.get_by_title("Switch to dark").click()
        assert scheme() == "slate"
        one.page.reload()
        assert scheme() == "slate"
        assert one.faults == []
