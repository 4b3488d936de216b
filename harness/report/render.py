"""The page's HTML: templates, style and scripts of this package, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from harness.leaderboard.readable import readable
from harness.report.chart import DASHES, GLYPHS
from harness.report.copied import Verbatim

if TYPE_CHECKING:
    from jinja2 import Environment

STYLES = ("page.css", "viewer.css")
SCRIPTS = ("start.js", "tables.js", "images.js", "scale.js", "viewer.js")


def page_html(context: Mapping[str, Any]) -> str:
    """Return the page.

    Parameters
    ----------
    context : mapping
        What ``page.html.j2`` shows. Text is escaped, and characters that are not seen or turn the direction of
        writing are spelt out; ``data`` is made JSON that no text in it can leave.
    """
    style, script = style_text(), script_text()
    return str(
        _environment()
        .get_template("page.html.j2")
        .render(
            {
                **context,
                "policy": policy(style, script),
                "style": style,
                "script": script,
                "data": json_text(context["data"]),
            }
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(packaged),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Only text itself: markup is made here, and what is copied stays as it is.
        finalize=lambda value: readable(value) if type(value) is str else value,
    )
    environment.filters["drawn"] = Markup
    environment.filters["verbatim"] = Verbatim
    environment.tests["charts"] = lambda value: isinstance(value, tuple)
    environment.globals["dashes"] = DASHES
    environment.globals["glyphs"] = GLYPHS
    return environment


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: this style, this script, pictures from the page and its folder."""
    return (
        "default-src 'none'; img-src data: 'self' file:; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )


def json_text(value: object) -> str:
    """Return JSON in ASCII that may stand in a script element: no ``<``, no ``>``, no ``&``."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def packaged(name: str) -> str:
    """Return a file of the package."""
    return (files("harness.report") / "page_files" / name).read_text("utf-8")


@cache
def style_text() -> str:
    """Return the page's style."""
    return "\n".join(map(packaged, STYLES))


@cache
def script_text() -> str:
    """Return the page's script: all parts in one scope."""
    return '(() => {\n"use strict";\n' + "\n".join(map(packaged, SCRIPTS)) + "})();\n"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
