"""The page on Python has every public name, and the site says what each does."""

from __future__ import annotations

import html
import re
from importlib import import_module

import pytest
from built_site import ROOT, built_site

PAGE = (ROOT / "docs/python.md").read_text(encoding="utf-8")
NAMES = {
    f"{package}.{name}"
    for package in ("srmetrics", "degradations", "harness")
    for name in import_module(package).__all__
    if not name.startswith("__")
}


def shown_names() -> set[str]:
    """The names that are asked for; one that its module hides, ``a.b.b``, is headed ``a.b``."""
    asked = re.findall(r"^::: ([\w.]+)(?:\n    options: \{heading: ([\w.]+),)?", PAGE, re.MULTILINE)
    return {heading or name for name, heading in asked}


def test_every_public_name_is_on_the_page_and_no_other() -> None:
    assert shown_names() == NAMES


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


def test_the_site_has_the_words_of_each(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = (built_site(tmp_path_factory) / "python.html").read_text(encoding="utf-8")
    text = plain(html.unescape(re.sub(r"<[^>]+>", "", page)))
    documented = {
        name: value.__doc__
        for name in NAMES
        if callable(value := getattr(import_module(name.partition(".")[0]), name.partition(".")[2]))
    }
    assert len(documented) > 30
    silent = [name for name, words in documented.items() if plain(words.strip().split("\n\n")[0]) not in text]
    assert silent == []
