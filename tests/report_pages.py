"""A report as a browser's parser sees it: its elements, its data, and the pictures that it holds."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


@dataclass
class Element:
    """One element with what stands directly in it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A page, parsed."""

    html: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in ("meta", "img", "input", "br", "path", "line", "use", "rect"):
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a tag with these attributes, an underscore standing for a hyphen."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    @property
    def data(self) -> dict[str, Any]:
        """What the scripts read."""
        (script,) = self.all("script", id="data")
        found: dict[str, Any] = json.loads(script.text)
        return found

    @property
    def words(self) -> str:
        """All text that is read, in one line."""
        kept = [element.text for element in self.elements if element.tag not in ("script", "style")]
        return " ".join(" ".join(kept).split())

    def whole(self, layer: dict[str, Any], folder: Path) -> bytes:
        """Return a whole picture: from the page, or from beside it."""
        if layer["block"]:
            (block,) = self.all("script", id=layer["block"])
            return base64.b64decode(block.text)
        return (folder / layer["file"]).read_bytes()

    def copied(self, kind: str) -> list[str]:
        """Return what the buttons of one kind copy."""
        return [str(button.attributes["data-text"]) for button in self.all("button", data_copy=kind)]


def read_page(path: Path) -> Page:
    """Return a page from its file."""
    return Page(path.read_text("utf-8"))


def policy_hash(text: str) -> str:
    """Return how a Content-Security-Policy names a script or a style."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def unsafe_attributes(page: Page) -> list[str]:
    """Return attributes that run something, style something, or fetch from anywhere but the page and its folder."""
    found = []
    for element in page.elements:
        for name, value in element.attributes.items():
            text = value or ""
            if name.startswith("on") or name == "style":
                found.append(f"{element.tag} {name}")
            elif name in ("src", "href") and not re.match(r"(data:image/|images/[0-9a-f]{24}\.png$|#)", text):
                found.append(f"{element.tag} {name}={text[:40]}")
    return found
