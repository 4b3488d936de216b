"""How to cite a run: works, table and the paragraph for the Methods section."""

from harness.citation.citation import FORMATS, Citation, cite
from harness.citation.reference import Reference, references

__all__ = ["FORMATS", "Citation", "Reference", "cite", "references"]
