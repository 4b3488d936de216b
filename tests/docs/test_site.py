"""The site: every page has its place, nothing in it asks for anything outside, links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from built_site import ROOT, built_site

DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.glob("*.md"))
LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href"}
"""Attributes whose address a browser asks for by itself, or sends a form to."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_site(tmp_path_factory)


class Addresses(HTMLParser):
    """Collects what a page loads, where it leads, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: set[str] = set()
        self.leads: set[str] = set()
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value is None:
                continue
            if name in LOADING or (tag == "link" and name == "href"):
                self.loads.add(value)
            elif name == "href":
                self.leads.add(value)
            elif name in ("id", "name"):
                self.places.add(value)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Addresses]:
    return {path.name: Addresses(path.read_text(encoding="utf-8")) for path in site.glob("*.html")}


def outside(addresses: set[str]) -> set[str]:
    return {each for each in addresses if urlsplit(each).netloc or urlsplit(each).scheme not in ("", "data")}


def test_no_page_loads_anything_from_outside(pages: dict[str, Addresses]) -> None:
    assert len(pages) > 20
    assert {name: found for name, page in pages.items() if (found := outside(page.loads))} == {}


def test_no_style_loads_anything_from_outside(site: Path) -> None:
    styles = list(site.rglob("*.css"))
    assert len(styles) >= 3
    addresses = {
        address.strip("'\" ")
        for style in styles
        for address in re.findall(r"url\(([^)]*)\)|@import\s+([^;]*)", style.read_text(encoding="utf-8"))
        for address in address
        if address
    }
    assert outside(addresses) == set()


def test_every_page_is_in_the_navigation_and_built(site: Path, pages: dict[str, Addresses]) -> None:
    # The strict build has failed if one was left out; this holds the build to being strict about it.
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "omitted_files: warn" in config
    assert "strict: true" in config
    for page in PAGES:
        assert page.with_suffix(".html").name in pages
        assert re.search(rf"[ -]{re.escape(page.name)}$", config, re.MULTILINE), f"{page.name} is not in mkdocs.yml"


def test_every_link_within_the_site_leads_to_a_place_that_is_there(site: Path, pages: dict[str, Addresses]) -> None:
    lost = []
    for name, page in pages.items():
        for address in page.leads if name != "404.html" else ():
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = unquote(parts.path).removeprefix("./") or name
            there = pages[target].places if target in pages else {unquote(parts.fragment)}
            if not (site / target).is_file() or (parts.fragment and unquote(parts.fragment) not in there):
                lost.append((name, address))
    assert lost == []


def test_no_table_list_or_link_is_left_as_it_was_typed(site: Path) -> None:
    """Markdown of repository browsers takes some things that MkDocs does not: lists without an empty line, say."""
    left = []
    for path in site.glob("*.html"):
        article = path.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0]
        prose = re.sub(r"<(pre|code|script|table)\b.*?</\1>", "", article, flags=re.DOTALL)
        text = re.sub(r"<[^>]+>", "", prose)
        left += [(path.name, line) for line in text.splitlines() if re.search(r"^(- |\d+\. |\|)|\]\(|^:::|```", line)]
    assert left == []


def relative_links(path: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for address in re.findall(r"\]\(([^)\s]+)\)", text):
        if not urlsplit(address).scheme:
            yield address


@pytest.mark.parametrize(
    "page", [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))], ids=lambda p: p.name
)
def test_links_work_in_a_repository_browser_too(page: Path) -> None:
    missing = [each for each in relative_links(page) if not (page.parent / unquote(urlsplit(each).path)).exists()]
    assert missing == []


def test_the_front_page_leads_to_every_page() -> None:
    leads = {urlsplit(each).path for each in relative_links(DOCS / "index.md")}
    assert {page.name for page in PAGES if page.name != "index.md"} - leads == set()
