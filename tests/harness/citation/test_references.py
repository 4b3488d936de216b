"""The table of references: complete, agreeing with what the code cites, and readable by BibTeX and CFF."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pybtex.database import Person, parse_string

from degradations import RECIPES
from harness.citation import Reference, references
from harness.citation.reference import OTHERS, found_in, of_architecture, of_dataset, of_method
from harness.citation.to_bibtex import bibtex_text, comment, entry, to_bibtex
from harness.citation.to_cff import cff_reference
from harness.citation.works import srmetrics_itself
from srmetrics import METRICS, PRESETS
from srmetrics.metrics.from_piq import PIQ_METRICS

CITATIONS = sorted(
    {
        *(metric.citation for metric in (*METRICS.values(), *PIQ_METRICS.values()) if metric.citation),
        *(citation for preset in PRESETS.values() for citation in preset.citations),
        *(recipe.citation for recipe in RECIPES.values()),
    }
)
TABLE = list(references().values())


@pytest.mark.parametrize("citation", CITATIONS)
def test_what_a_metric_preset_or_recipe_cites_is_in_the_table_and_agrees_with_it(citation: str) -> None:
    (work,) = found_in(citation)
    family = work.authors[0].partition(",")[0].split()[0]
    assert family in citation or work.key in ("itu2011bt601", "bradski2000opencv", "pillow")
    years = set(re.findall(r"(?<![\d.:/@-])(?:19|20)\d\d(?![\d.])", citation.partition("https://")[0]))
    assert years <= {str(work.year)}
    assert set(re.findall(r"10\.\d{4,}/[\w.\-()]+", citation)) <= {work.doi}


def test_only_plain_errors_cite_nothing() -> None:
    assert {"psnr", "mse", "rmse", "mae", "nrmse"} == {name for name, metric in METRICS.items() if not metric.citation}
    assert all(metric.citation for metric in PIQ_METRICS.values())


def test_no_work_stands_twice() -> None:
    titles = [work.plain_title.casefold() for work in TABLE]
    dois = [work.doi for work in TABLE if work.doi]
    assert len(titles) == len(set(titles))
    assert len(dois) == len(set(dois))
    for part in ("architectures", "datasets"):
        names = [name.casefold() for work in TABLE for name in getattr(work, part)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("work", TABLE, ids=lambda work: work.key)
def test_every_work_says_where_it_is_found(work: Reference) -> None:
    assert re.fullmatch(r"[a-z]+(\d{4}[a-z0-9]*)?", work.key)
    assert work.year is None or str(work.year) in work.key
    if work.kind == "article":
        assert work.journal
        assert not work.booktitle
    if work.kind == "inproceedings":
        assert work.booktitle
        assert not work.journal
    assert (
        work.doi
        or work.journal
        or work.booktitle
        or work.url
        or work.institution
        or work.publisher
        or work.note
        or (work.key == "itu2011bt601")
    )
    assert not work.doi or re.fullmatch(r"10\.\d{4,}/\S+", work.doi)
    if work.pages:
        numbers = [int(number) for number in re.findall(r"\d+$|^\d+", work.pages.replace("135.", ""))]
        assert numbers == sorted(numbers)
        assert re.fullmatch(r"[\de][\d.]*(-[\d.]+)?", work.pages)


@pytest.mark.parametrize("work", TABLE, ids=lambda work: work.key)
def test_names_in_titles_keep_their_case(work: Reference) -> None:
    outside = re.sub(r"\{[^{}]*\}", "", work.title)
    inner = [word for word in re.findall(r"[A-Za-z][\w-]*", outside) if re.search(r"(?<!-)\B[A-Z]", word)]
    assert inner == []


def test_bibtex_reads_the_whole_table_back() -> None:
    parsed = parse_string("\n".join(map(to_bibtex, TABLE)), "bibtex")
    assert [work.key for work in TABLE] == list(parsed.entries)
    for work in TABLE:
        found = parsed.entries[work.key]
        assert work.kind == found.type
        assert work.title == found.fields["title"]
        assert (str(work.year) if work.year else None) == found.fields.get("year")
        assert (work.doi or None) == found.fields.get("doi")
        assert (work.pages.replace("-", "--") or None) == found.fields.get("pages")
        persons: list[Person] = found.persons["author"]
        assert len(work.authors) == len(persons)
        for author, person in zip(work.authors, persons, strict=True):
            if "," in author and author.isascii() and "(" not in author:
                prelast, last, first, middle = (
                    person.prelast_names,
                    person.last_names,
                    person.first_names,
                    person.middle_names,
                )
                assert author == f"{' '.join([*prelast, *last])}, {' '.join([*first, *middle])}"


def test_accents_are_spelt_out_for_old_bibtex() -> None:
    text = "\n".join(map(to_bibtex, TABLE))
    assert text.isascii()
    assert r"St{\'{e}}fan" in text
    assert r"Sch{\"{o}}nberger" in text
    assert r"{\v{c}}{\c{c}}{\'{\i}}" == bibtex_text("čçí")


@pytest.mark.parametrize("name", ["{", "}", "a}b{c", "\\", "\\{", "@article{x,", "%", "$x^2$", '"', "a\nb", "#&_~^<|>"])
def test_no_name_breaks_an_entry_or_a_comment(name: str) -> None:
    text = comment(name) + "\n" + entry("misc", "one", {"title": bibtex_text(name), "note": "after"})
    parsed = parse_string(text, "bibtex")
    assert ["one"] == list(parsed.entries)
    assert "after" == parsed.entries["one"].fields["note"]


CFF_TYPES = {"article", "conference-paper", "book", "thesis", "generic", "software"}
"""Of the types that version 1.2.0 of the format lists, those in use."""
CFF_FIELDS = {
    "type", "title", "authors", "journal", "volume", "issue", "year", "doi", "url", "start", "end", "publisher",
    "institution", "conference", "collection-title", "notes", "version", "thesis-type",
}  # fmt: skip


@pytest.mark.parametrize("work", TABLE, ids=lambda work: work.key)
def test_every_work_is_a_reference_of_the_citation_file_format(work: Reference) -> None:
    found = cff_reference(work)
    assert found["type"] in CFF_TYPES
    assert set(found) <= CFF_FIELDS
    assert "{" not in found["title"]
    assert len(work.authors) == len(found["authors"])
    for author, person in zip(work.authors, found["authors"], strict=True):
        if author == OTHERS:
            assert {"name": "and others"} == person
        else:
            assert set(person) in (
                {"name"},
                {"family-names", "given-names"},
                {"family-names", "given-names", "name-particle"},
            )
    assert found == yaml.safe_load(yaml.safe_dump(found))


def test_srmetrics_cites_itself_as_its_citation_file_says() -> None:
    file = yaml.safe_load((Path(__file__).parents[3] / "CITATION.cff").read_text("utf-8"))
    own = srmetrics_itself(file["version"])
    assert file["title"] == own.title
    assert [author["name"] for author in file["authors"]] == list(own.authors)


@pytest.mark.parametrize(
    ("architecture", "key"),
    [
        ("BasicSR RCAN(num_feat=64, num_group=10)", "zhang2018rcan"),
        ("BasicSR SRVGGNetCompact(num_conv=16)", "wang2021realesrgan"),
        ("RealESRGAN Compact (64nf, 16nc)", "wang2021realesrgan"),
        ("ESRGAN (64nf, 23nb)", "wang2018esrgan"),
        ("SwinIR (M)", "liang2021swinir"),
    ],
)
def test_an_architecture_leads_to_its_work(architecture: str, key: str) -> None:
    work = of_architecture(architecture)
    assert work is not None
    assert key == work.key


def test_methods_and_data_sets_are_known_by_their_usual_names_and_no_others() -> None:
    for name in ("RCAN", "rcan", "RCAN+", "RCANplus", "RCAN_x4", "RCAN-x2"):
        work = of_method(name)
        assert work is not None
        assert "zhang2018rcan" == work.key
    assert [None] * 5 == [of_method(name) for name in ("ours", "RCAN-lite", "Chat", "", "x4")]
    assert [None] * 3 == [of_dataset(name) for name in ("x4", "HR", "")]
    assert {"bevilacqua2012set5", "zeyde2012set14", "martin2001bsd"} == {
        work.key for name in ("Set5", "set14", "BSD-100") if (work := of_dataset(name))
    }
    assert of_architecture("files made elsewhere") is None
    assert of_architecture("") is None
