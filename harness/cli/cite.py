"""``srmetrics cite``."""

from __future__ import annotations

import click

EXAMPLES = """\b
Examples:
  srmetrics cite run/
  srmetrics cite run/ --format bibtex --out paper/srmetrics.bib
  srmetrics cite run/ --author 'Curie, Marie' --url https://doi.org/10.5281/zenodo.1 --out paper/
  srmetrics cite run/ --format methods

\b
Exit codes: 0 done; 1 no finished run, or one that was altered (srmetrics verify says what); 2 wrong usage.
"""


@click.command("cite", epilog=EXAMPLES)
@click.argument("run")
@click.option(
    "--format", "form", type=click.Choice(["text", "bibtex", "cff", "latex", "methods"]),
    help="text: paragraph and references to read (default); bibtex; cff: a CITATION.cff; latex: the tables; methods: "
    "the paragraph in LaTeX.",
)  # fmt: skip
@click.option("--author", "authors", multiple=True, metavar="'FAMILY, GIVEN'", help="Who made the run; repeatable.")
@click.option("--url", default="", help="Where the folder of the run can be had.")
@click.option(
    "--out", metavar="PATH", help="With --format or a suffix .bib .cff .txt the file; else a folder for all five."
)
def command(run: str, form: str | None, authors: tuple[str, ...], url: str, out: str | None) -> int:
    """Write what a paper needs to cite RUN: works, table, and the paragraph for the Methods section.

    RUN is the folder of a finished run of compare, bench or leaderboard. Entries are made for the run, its metrics,
    protocol, degradation, models, classifiers, statistics and software. What is not known is left as a TODO.
    """
    from pathlib import Path

    from harness.citation import FORMATS, cite
    from harness.cli.screen import say, shown
    from harness.engine.atomic import write_atomically

    citation = cite(run, authors=authors, url=url)
    if out is None:
        say("\n".join(map(shown, citation.to(form or "text").split("\n"))))
        return 0
    path = Path(out)
    form = form or {".bib": "bibtex", ".cff": "cff", ".txt": "text"}.get(path.suffix.lower())
    if form is None and path.suffix.lower() == ".tex":
        raise click.UsageError("A .tex file holds the tables or the paragraph: --format latex or --format methods.")
    if form is None:
        citation.write(path)
    else:
        path = path / FORMATS[form] if path.is_dir() else path
        write_atomically(path, citation.to(form).encode("utf-8", "replace"))
    click.echo(shown(f"Wrote {path}"), err=True)
    for note in citation.todo:
        click.echo(shown(f"To do: {note}"), err=True)
    return 0
