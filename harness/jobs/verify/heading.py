"""What all rows of a leaderboard have in common, from ``run.json`` and not from the leaderboard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from harness.engine.row import InputDigest
from harness.jobs.compare import dataset_digest
from harness.jobs.run_folder import RUN_JSON, RunFolder
from harness.jobs.verify.options import protocol_name
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict
from harness.leaderboard.leaderboard import Heading
from srmetrics.errors import FileError

HEADING = "the heading"


def heading_of(run: RunFolder, board: list[dict[str, str]]) -> tuple[Heading, list[Verdict]]:
    """Return the heading that a run's leaderboard must have, and what is found of it.

    Of a run that recorded none it is the leaderboard's own, as far as the command does not say it.

    Parameters
    ----------
    run : RunFolder
    board : list of dict
        ``leaderboard.csv``.
    """
    facts = run.facts.get("heading")
    first = board[0] if board else {}
    verdicts = []
    if facts is None:
        facts = {name: first.get(name, "") for name in ("dataset", "dataset_digest", "degradation", "average")}
        facts["scale"] = int(first["scale"]) if first.get("scale", "").isdecimal() else None
        facts["protocol"] = protocol_name(run) or first.get("protocol", "")
        facts["average"] = run.scoring["average"]
        reason = f"{RUN_JSON} is of an older version and does not record what the data set is called"
        verdicts.append(Verdict(RUN_JSON, HEADING, UNCHECKED, reason=reason))
    try:
        heading = Heading(
            dataset=_text(facts["dataset"]),
            dataset_digest=_text(facts["dataset_digest"]),
            scale=facts["scale"] if facts["scale"] is None else int(facts["scale"]),
            degradation=_text(facts["degradation"]),
            protocol=_text(facts["protocol"]),
            average=_text(facts["average"]),
            metrics=run.metrics,
            version=run.version,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(
            "the recorded heading cannot be read", found=f"{type(error).__name__}: {error}", file=run.path / RUN_JSON
        ) from error
    return heading, [*verdicts, *_contradictions(run, heading)]


def check_dataset_digest(run: RunFolder, heading: Heading, counted: set[str]) -> Verdict | None:
    """Compute the digest of the data set anew from the recorded digests; None for what was merged of several runs."""
    if run.job == "leaderboard":
        return None
    try:
        digests = list(_recorded_inputs(run))
    except (KeyError, TypeError, ValueError, AttributeError):
        reason = f"{RUN_JSON} does not record the shapes of the images"
        return Verdict(RUN_JSON, "dataset_digest", UNCHECKED, reason=reason)
    found = dataset_digest(digests, counted)
    if run.job == "bench":
        found = with_labels(found, {key: str(facts[3]) for key, facts in run.facts["inputs"].items()}, counted)
    if found == heading.dataset_digest:
        return Verdict(RUN_JSON, "dataset_digest", IDENTICAL)
    reason = "it is not what follows from the recorded digests of the images"
    return Verdict(RUN_JSON, "dataset_digest", DIFFERENT, reason=reason)


def with_labels(digest: str, labels: Mapping[str, str], counted: set[str]) -> str:
    """Return the digest of a data set whose images have classes, from that without."""
    lines = "".join(f"{key}\0{labels[key]}\n" for key in sorted(labels) if labels[key] and key in counted)
    return hashlib.sha256(f"{digest}\n{lines}".encode("utf-8", "surrogateescape")).hexdigest() if lines else digest


def _recorded_inputs(run: RunFolder) -> Iterator[InputDigest]:
    decoded: Mapping[str, Mapping[str, str]] = run.facts["decoded"]
    inputs = run.facts["inputs"]
    if run.job == "bench":
        digests = {"reference": {key: facts[0] for key, facts in inputs.items()}, "mask": run.facts["pixels"]["mask"]}
    else:
        digests = inputs
    for role, shapes in decoded.items():
        for key, text in shapes.items():
            shape, _, dtype = text.partition(" ")
            yield InputDigest(role, key, tuple(map(int, shape.split("x"))), dtype, str(digests[role][key]))


def _contradictions(run: RunFolder, heading: Heading) -> Iterator[Verdict]:
    """Yield where the heading is not what the command says."""
    command = run.command
    expected: dict[str, Any] = {"average": run.scoring["average"], "protocol": protocol_name(run)}
    if run.job == "compare":
        expected |= {"dataset": command.get("dataset"), "scale": command.get("scale"), "degradation": ""}
    elif run.job == "bench":
        expected["dataset"] = command["study"]["name"] or None
    found = asdict(heading)
    wrong = [
        f"{name} is {found[name]!r}, and the command says {value!r}"
        for name, value in expected.items()
        if value is not None and found[name] != value
    ]
    yield Verdict(RUN_JSON, HEADING, DIFFERENT if wrong else IDENTICAL, reason="; ".join(wrong))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} stands where text is expected")
    return value
