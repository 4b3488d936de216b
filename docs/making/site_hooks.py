"""MkDocs hooks: notebooks become pages, with the outputs that are stored in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_LINK_TO_NOTEBOOK = re.compile(r"(\]\([^)\s:]+)\.ipynb([)#])")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each notebook; the notebook itself stays, to be downloaded."""
    for file in list(files):
        if file.src_uri.endswith(".ipynb"):
            notebook = nbformat.read(file.abs_src_path, as_version=4)
            page = File.generated(
                config,
                file.src_uri.removesuffix(".ipynb") + ".md",
                content=page_of(notebook, Path(file.src_uri).name),
            )
            files.append(page)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links to a notebook, which a repository browser shows itself, lead to its page."""
    return markdown if page.file.generated_by else _LINK_TO_NOTEBOOK.sub(r"\1.md\2", markdown)


def page_of(notebook: Any, name: str) -> str:
    """Write a notebook as Markdown: cells, and below each what it printed, showed and returned."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code":
            language = "bash" if cell.source.startswith("%%bash") else "python"
            parts.append(_fence(cell.source, language))
            parts += filter(None, map(_output, cell.outputs))
    title, _, rest = "\n\n".join(parts).partition("\n")
    return f'{title}\n\n<a href="{name}" download>Download this notebook</a>\n{rest}\n'


def _output(output: Any) -> str:
    if output.output_type == "stream":
        return _fence(output.text.rstrip("\n"), "text", "{ .text .output }")
    if output.output_type == "error":
        raise ValueError(f"the notebook holds an error: {output.ename}: {output.evalue}")
    data = output.data
    if "image/png" in data:
        encoded = data["image/png"].replace("\n", "")
        return f"![{output.metadata['image/png']['alt']}](data:image/png;base64,{encoded})"
    if "text/markdown" in data:
        return str(data["text/markdown"])
    return _fence(data["text/plain"], "text", "{ .text .output }")


def _fence(text: str, language: str, attributes: str | None = None) -> str:
    ticks = "`" * max([2, *map(len, re.findall(r"`{3,}", text))]) + "`"
    return f"{ticks}{attributes or language}\n{text}\n{ticks}"
