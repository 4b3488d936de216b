"""JavaScript that tests run in a page, each a function in a file beside this one."""

from __future__ import annotations

from pathlib import Path


def script(name: str) -> str:
    """Return the function in ``name.js``, without the comment before it, which playwright would not take."""
    lines = Path(__file__).with_name(f"{name}.js").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//"))
