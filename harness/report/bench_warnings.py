"""What a reader has to know before the numbers of a bench: leaks, copies, classes left out, unknown training data."""

from __future__ import annotations

from collections.abc import Mapping

from harness.leaderboard.readable import readable
from harness.report.bench_rows import BenchRows
from harness.report.bench_words import listed
from harness.report.words import counted


def warnings_of(rows: BenchRows) -> list[str]:
    """Return a sentence for each thing that limits what the numbers mean, the gravest first."""
    command = rows.facts.get("command")
    command = command if isinstance(command, Mapping) else {}
    said = []
    if command.get("smoke"):
        said.append("A smoke run: generated images and stand-ins for the networks. Its numbers mean nothing.")
    leaks = list(dict.fromkeys(row["leakage"] for row in rows.classification if row.get("leakage")))
    said += [f"The split leaks, and the numbers are too good: {readable(leak)}." for leak in leaks]
    unsplittable = _mapping(rows, "unsplittable")
    if unsplittable:
        reasons = "; ".join(f"{readable(name)} ({readable(str(why))})" for name, why in unsplittable.items())
        said.append(f"Left out of the classification, since the split cannot hold them: {reasons}.")
    dropped = _mapping(rows, "dropped")
    if dropped:
        pairs = [f"{name} (as {kept})" for name, kept in dropped.items()]
        said.append(f"{counted(len(dropped), 'copy', 'copies')} left out of the classification: {listed(pairs)}.")
    unknown = [
        name
        for name, one in _mapping(rows, "upscalers").items()
        if isinstance(one, Mapping) and one.get("trained_on") == "unknown"
    ]
    if unknown:
        said.append(
            f"Unknown what these were trained on, these test images perhaps: {listed(unknown)}. "
            "An upscaler states it with ?trained_on=DIR."
        )
    notes = rows.facts.get("notes")
    said += [
        f"{readable(note[:1].upper() + note[1:])}."
        for note in (notes if isinstance(notes, list) else ())
        if isinstance(note, str) and (note.startswith("near-identical") or "leakage" in note)
    ]
    alone = {row["n_repeats"] for row in rows.classification} == {"1"}
    if alone:
        said.append("One repeat: nothing is known of what another split or another training would give.")
    return said


def _mapping(rows: BenchRows, name: str) -> Mapping[str, object]:
    found = rows.facts.get(name)
    return found if isinstance(found, Mapping) else {}
