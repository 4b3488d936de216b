"""What may be wrong with a claim that no convention gives: each suspicion tested by computing what it would give."""

from harness.jobs.audit.suspects.suspect import Case, Suspect, Verdict
from harness.jobs.audit.suspects.tested import suspects_of

__all__ = ["Case", "Suspect", "Verdict", "suspects_of"]
