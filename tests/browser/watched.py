"""A page in a browser under watch: what it says to the console, what it asks of the network, what it opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from playwright.sync_api import Browser, BrowserContext, Page, Route


@dataclass
class Watched:
    """An open page and what it did that it should not."""

    page: Page
    context: BrowserContext
    file: Path
    beside: tuple[Path, ...]
    faults: list[str] = field(default_factory=list)
    """Errors and warnings in the console, exceptions, dialogs, requests for what is neither the file nor beside it."""
    read: list[Path] = field(default_factory=list)
    """Files that were asked for besides the page itself."""

    def settle(self) -> Watched:
        """Wait until the page has drawn what it was asked to draw."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self

    def _on_request(self, route: Route) -> None:
        url = route.request.url
        path = Path(url2pathname(unquote(urlsplit(url).path))) if url.startswith("file:") else None
        if path == self.file:
            route.continue_()
        elif path is not None and any(path.is_relative_to(folder) for folder in self.beside):
            self.read.append(path)
            route.continue_()
        else:
            self.faults.append(f"asked for {url}")
            route.abort()


@contextmanager
def watched(browser: Browser, file: Path, *, beside: tuple[Path, ...] = (), **settings: Any) -> Iterator[Watched]:
    """Open a page from a disk in a context of its own.

    Parameters
    ----------
    browser : Browser
    file : Path
        The page.
    beside : tuple of Path
        Folders whose files it may read.
    **settings
        Of playwright's ``new_context``: viewport, color_scheme, ...
    """
    # Smooth scrolling would still be under way when a test looks where the focus is.
    context = browser.new_context(**{"reduced_motion": "reduce", **settings})
    context.set_default_timeout(5000)
    page = context.new_page()
    one = Watched(page, context, file.resolve(), tuple(folder.resolve() for folder in beside))
    page.route("**/*", one._on_request)
    page.on("console", lambda message: _on_console(one, message.type, message.text))
    page.on("pageerror", lambda error: one.faults.append(f"exception: {error}"))
    page.on("dialog", lambda dialog: (one.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: one.faults.append(f"opened {popup.url}"))
    page.on("websocket", lambda socket: one.faults.append(f"connected to {socket.url}"))
    try:
        page.goto(one.file.as_uri(), wait_until="load")
        yield one.settle() if settings.get("java_script_enabled", True) else one
    finally:
        context.close()


def _on_console(one: Watched, kind: str, text: str) -> None:
    if kind in ("error", "warning", "assert"):
        one.faults.append(f"console {kind}: {text}")
