"""The leaderboard as a LaTeX table with booktabs, best in bold and ties marked."""

from __future__ import annotations

from harness.leaderboard.cells import blocks_of, cell_of
from harness.leaderboard.leaderboard import Leaderboard
from srmetrics.metrics import find_metric

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "\n": " ",
    "\r": " ",
}


def escaped(text: str) -> str:
    """Return text that LaTeX sets as it is: no character of a name can start a command."""
    return "".join(_SPECIAL.get(character, character) for character in text)


def to_latex(board: Leaderboard) -> str:
    """Return the leaderboard as a LaTeX table; the packages that it needs stand in its first line."""
    metrics = board.heading.metrics
    lines = [
        "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}",
        "\\begin{tabular}{l" + "r" * (len(metrics) + 1) + "}",
        "\\toprule",
        " & ".join(["Method", "$n$", *(_title(metric) for metric in metrics)]) + r" \\",
    ]
    blocks = blocks_of(board)
    for block in blocks:
        lines += ["\\midrule", f"% {block.signature}"]
        if len(blocks) > 1:
            lines.append(rf"\multicolumn{{{len(metrics) + 2}}}{{l}}{{\emph{{{escaped(block.region)}}}}} \\")
        for row in block.rows:
            texts = []
            for metric in metrics:
                cell = cell_of(block, row, metric)
                mean = escaped(cell.mean)
                mark = {"†": r"$^{\dagger}$", "‡": r"$^{\ddagger}$"}.get(cell.mark, "")
                texts.append(rf"\textbf{{{mean}}}" if cell.best else mean + mark)
            lines.append(" & ".join([escaped(row.method), str(row.n_images), *texts]) + r" \\")
    lines += [
        "\\bottomrule",
        "\\end{tabular}",
        "% bold: best; dagger: not told apart from the best; ddagger: too few units to tell (Holm)",
    ]
    return "\n".join(lines) + "\n"


def _title(metric: str) -> str:
    arrow = r"$\uparrow$" if find_metric(metric).higher_is_better else r"$\downarrow$"
    name = metric if ":" in metric else metric.replace("_", "-").upper()
    return f"{escaped(name)} {arrow}"
