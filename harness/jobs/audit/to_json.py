"""An audit as JSON."""

from __future__ import annotations

import json
import math
from typing import Any

from harness.jobs.audit.outcome import Audit
from harness.jobs.audit.search import Convention
from harness.jobs.audit.sentences import methods, verdict
from harness.jobs.audit.tables import AuditTable
from harness.jobs.audit.words import label, signatures
from srmetrics.version import VERSION

MOST_CLASSES = 10
MOST_GROUPS = 40
MOST_IN_A_GROUP = 20


def audit_json(audit: Audit) -> str:
    """Return an audit as JSON."""
    return json.dumps(as_dict(audit), indent=2, ensure_ascii=False) + "\n"


def table_json(table: AuditTable) -> str:
    """Return the audits of a table as JSON."""
    lines = [
        {"line": line.number, "name": line.name, "error": line.error}
        | ({} if line.audit is None else as_dict(line.audit))
        for line in table.lines
    ]
    counts = [{"convention": name, "lines": count} for name, count in table.conventions]
    said = {"claims": str(table.path), "conventions": counts, "remarks": list(table.remarks), "lines": lines}
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def as_dict(audit: Audit) -> dict[str, Any]:
    """Return an audit as plain values; infinity is the string ``inf``."""
    return {
        "schema": 1,
        "srmetrics_version": VERSION,
        "claimed": str(audit.claims),
        "reference": audit.reference,
        "candidate": audit.candidate,
        "scale": audit.scale,
        "data_range": audit.facts.full_range,
        "images": list(audit.keys),
        "conventions_tried": audit.n_conventions,
        "found": audit.found,
        "usual": audit.usual,
        "exit_code": audit.exit_code,
        "verdict": verdict(audit),
        "methods": methods(audit),
        "n_classes": len(audit.classes),
        "expected_by_accident": round(audit.by_accident, 3),
        "classes": [
            {
                "mixed": each.first.mixed,
                "n_conventions": len(each.conventions),
                "groups": [
                    [_convention(one, audit, full=at == 0) for one in group.conventions[:MOST_IN_A_GROUP]]
                    for group in each.groups[:MOST_GROUPS]
                ],
            }
            for at, each in enumerate(audit.classes[:MOST_CLASSES])
        ],
        "psnr_alone": [_convention(one, audit) for one in audit.alone[0]],
        "ssim_alone": [_convention(one, audit) for one in audit.alone[1]],
        "nearest": [_convention(one, audit) for one in audit.nearest],
        "named": [_convention(one, audit) for one in audit.named],
        "suspects": [{"name": one.name, "verdict": one.verdict, "words": one.words} for one in audit.suspects],
        "remarks": list(audit.remarks),
        "not_scored": [{"image": one.image, "what": one.what, "reason": one.reason} for one in audit.failures],
        "notes": list(audit.notes),
        "seconds": round(audit.seconds, 3),
    }


def _convention(one: Convention, audit: Audit, full: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {
        "convention": label(one),
        "names": list(one.names),
        "psnr": _number(one.psnr),
        "ssim": _number(one.ssim),
        "agreement": one.agreement,
        "departures": [*one.departures, *(f"ssim {name}" for name in one.ssim_departures)],
        "mixed": one.mixed,
        "signatures": signatures(one, audit.facts.full_range),
    }
    if full:
        psnr, ssim = one.values
        found["images"] = {
            key: {name: _number(values[at]) for name, values in (("psnr", psnr), ("ssim", ssim)) if values}
            for at, key in enumerate(audit.keys)
        }
    return found


def _number(value: float | None) -> float | str | None:
    if value is None or math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)
