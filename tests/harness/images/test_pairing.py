"""Pairing sets of files: the rules in their order, what is missing, extra or unclear, and what the user says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NAMINGS, image_names

from harness.images import (
    ImageFile,
    ImageSet,
    PairByPattern,
    PairByTable,
    Pairing,
    find_images,
    pair,
    parse_pair_rule,
)
from harness.images.sniff import suffix_of
from srmetrics.errors import FileError, PairingError, UsageError

SET5 = ["baby", "bird", "butterfly", "head", "woman"]


def images(name: str, *paths: str) -> ImageSet:
    root = Path("/data") / name
    files = [ImageFile(root / path, path.removesuffix(suffix_of(path))) for path in paths]
    return ImageSet(root, name, tuple(sorted(files, key=lambda file: (file.key, file.path))))


def keys(pairing: Pairing, method: str = "method") -> dict[str, str]:
    return {key: file.key for key, file in pairing.candidates[method].items()}


def paired(references: Iterable[str], candidates: Iterable[str], rule: object = None) -> Pairing:
    return pair(images("HR", *references), {"method": images("method", *candidates)}, rule)  # type: ignore[arg-type]


def test_equal_paths_pair_whatever_the_suffix():
    pairing = paired(["a/x.png", "b/x.png", "y.tif"], ["a/x.jpg", "b/x.bmp", "y.npy"])
    assert {"a/x": "a/x", "b/x": "b/x", "y": "y"} == keys(pairing)
    assert "equal path" == pairing.rule["method"]
    assert (("a/x", "b/x", "y"), ("a/x", "b/x", "y")) == (pairing.keys, pairing.common)


@pytest.mark.parametrize(
    ("references", "candidates"),
    [
        (["p1/x.png", "p2/y.png"], ["x.png", "y.png"]),
        (["x.png", "y.png"], ["out/x.png", "out/y.png"]),
        (["GT/x.png", "GT/y.png"], ["method/x4/x.png", "method/x4/y.png"]),
        (["set5/HR/x.png"], ["set5/SR/x.png"]),
        (["p1/x.png"], ["run/p1/x.png"]),
    ],
)
def test_equal_names_pair_where_the_folders_do_not_speak_against_it(references, candidates):
    pairing = paired(references, candidates)
    assert len(references) == len(keys(pairing))
    assert "equal name" == pairing.rule["method"]


def test_equal_names_of_two_patients_do_not_pair():
    pairing = paired(["p1/slice1.png", "p1/slice2.png"], ["p2/slice1.png", "p2/slice2.png"])
    assert {} == keys(pairing)
    assert ("p1/slice1", "p1/slice2") == pairing.missing["method"]
    assert ["p2/slice1", "p2/slice2"] == [file.key for file in pairing.extra["method"]]


def test_a_name_in_two_folders_with_one_partner_is_unclear_for_those_two_alone():
    pairing = paired(["p1/x.png", "p2/x.png", "p1/y.png"], ["x.png", "y.png"])
    assert {"p1/y": "y"} == keys(pairing)
    assert [("p1/x", "method"), ("p2/x", "method")] == [(failure.key, failure.method) for failure in pairing.failures]
    assert "p1/x.png and /data/HR/p2/x.png and /data/method/x.png" in str(pairing.failures[0].error)
    assert () == pairing.missing["method"]
    assert () == pairing.extra["method"]


def test_a_template_keeps_the_references_path_as_the_key_and_tells_the_shared_part():
    pairing = paired([f"{name}_HR_x4.png" for name in SET5], [f"{name}_RCAN_x4.png" for name in SET5])
    assert {f"{name}_HR_x4": f"{name}_RCAN_x4" for name in SET5} == keys(pairing)
    assert "template *_HR_x4 with *_RCAN_x4" == pairing.rule["method"]
    assert {f"{name}_HR_x4": name for name in SET5} == pairing.middles["method"]


def test_names_without_affix_are_keys_as_a_whole():
    pairing = paired(["baby.png", "bird.png", "butterfly.png"], [f"{name}x4_SwinIR.png" for name in SET5])
    assert {"baby": "baby", "bird": "bird", "butterfly": "butterfly"} == pairing.middles["method"]
    assert ["headx4_SwinIR", "womanx4_SwinIR"] == [file.key for file in pairing.extra["method"]]


def test_a_template_does_not_cross_folders_of_patients():
    references = ["p1/s1_HR.png", "p2/s1_HR.png", "p3/s1_HR.png"]
    pairing = paired(references, ["p1/s1_SR.png", "p3/s1_SR.png", "p4/s1_SR.png"])
    assert {"p1/s1_HR": "p1/s1_SR", "p3/s1_HR": "p3/s1_SR"} == keys(pairing)
    flat = paired(["p1/a_HR.png", "p2/b_HR.png"], ["a_SR.png", "b_SR.png"])
    assert {"p1/a_HR": "a_SR", "p2/b_HR": "b_SR"} == keys(flat)


def test_one_rule_holds_for_a_folder_and_says_what_another_would_pair():
    # Were the others paired by the next rule, a missing file could be replaced by one of another image.
    pairing = paired(["all.png", "a_HR.png", "b_HR.png"], ["all.png", "a_SR.png", "b_SR.png"])
    assert {"all": "all"} == keys(pairing)
    assert ("a_HR", "b_HR") == pairing.missing["method"]
    assert "equal path (the template *_HR with *_SR would pair 2 others: " in pairing.rule["method"]


def test_files_are_never_paired_by_their_position():
    pairing = paired(["a.png", "b.png", "c.png"], ["x.png", "y.png", "z.png"])
    assert {} == keys(pairing)
    assert "none: neither paths nor names agree" in pairing.rule["method"]
    assert "'a'" in pairing.rule["method"]


def test_missing_and_extra_files_are_listed_and_the_rest_pairs():
    pairing = pair(
        images("HR", "a.png", "b.png", "c.png"),
        {"one": images("one", "a.png", "b.png", "z.png"), "two": images("two", "b.png", "c.png")},
    )
    assert {"one": ("c",), "two": ("a",)} == pairing.missing
    assert ["z"] == [file.key for file in pairing.extra["one"]]
    assert ("b",) == pairing.common


def test_two_references_of_one_name_fail_for_that_name_alone():
    pairing = paired(["a.png", "a.bmp", "b.png"], ["a.png", "b.png"])
    assert ("b",) == pairing.keys
    (failure,) = pairing.failures
    assert ("a", None) == (failure.key, failure.method)
    assert "/data/HR/a.bmp and /data/HR/a.png" in str(failure.error)
    assert () == pairing.missing["method"] == pairing.extra["method"]


def test_two_candidates_of_one_name_fail_for_that_name_alone():
    pairing = paired(["a.png", "b.png"], ["a.png", "a.bmp", "b.png"])
    assert {"b": "b"} == keys(pairing)
    (failure,) = pairing.failures
    assert ("a", "method") == (failure.key, failure.method)
    assert "several files fit one reference" in str(failure.error)
    assert "/data/method/a.bmp and /data/method/a.png" in str(failure.error)
    assert "Take out all but one" in str(failure.error)


def test_two_equally_good_templates_name_the_method():
    with pytest.raises(PairingError, match=r"^/data/method: two templates.*\*_A or \* with \*_B"):
        paired(["x.png", "y.png"], ["x_A.png", "y_A.png", "x_B.png", "y_B.png"])


def test_two_files_that_were_named_are_a_pair(tmp_path):
    for name in ("reference.png", "something else.tif"):
        (tmp_path / name).write_bytes(b"x")
    pairing = pair(find_images(tmp_path / "reference.png"), {"m": find_images(tmp_path / "something else.tif")})
    assert {"reference": "something else"} == keys(pairing, "m")


def test_an_expression_pairs_by_what_its_group_matches():
    rule = parse_pair_rule(r"(\d+)\D*$")
    pairing = paired(["scan07_a.png", "scan08_a.png", "odd.png"], ["out/8-final.png", "out/07-final.png"], rule)
    assert {"scan07_a": "out/07-final"} == keys(pairing)
    assert ("odd", "scan08_a") == pairing.missing["method"]
    assert r"expression (\d+)\D*$" == pairing.rule["method"]


def test_an_expression_that_fits_two_files_alike_fails_for_them():
    pairing = paired(["a1.png", "b1.png", "c2.png"], ["1.png", "2.png"], PairByPattern(r"(\d)"))
    assert {"c2": "2"} == keys(pairing)
    assert ["a1", "b1"] == [failure.key for failure in pairing.failures]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("(", "no regular expression"), ("x", "0 groups"), ("(a)(b)", "2 groups")],
)
def test_an_expression_without_one_group_is_refused(pattern, words):
    with pytest.raises(UsageError, match=words):
        parse_pair_rule(pattern)


def test_a_table_pairs_as_it_says_for_all_methods_or_for_each(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("\ufeffimage,candidate\na.png,out/1.png\nb,\nc,out/3\n", encoding="utf-8")
    pairing = paired(["a.png", "b.png", "c.png"], ["out/1.png", "out/2.png", "out/3.png"], parse_pair_rule(str(path)))
    assert {"a": "out/1", "c": "out/3"} == keys(pairing)
    assert (("b",), ["out/2"]) == (pairing.missing["method"], [file.key for file in pairing.extra["method"]])
    path.write_text("image,one,two\na,1,2\n", encoding="utf-8")
    rule = parse_pair_rule(str(path))
    both = pair(images("HR", "a.png"), {"one": images("one", "1.png"), "two": images("two", "2.png")}, rule)
    assert ({"a": "1"}, {"a": "2"}) == (keys(both, "one"), keys(both, "two"))
    with pytest.raises(PairingError, match="no column for the method 'three'; found one, two"):
        pair(images("HR", "a.png"), {"three": images("three", "1.png")}, rule)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("image\na\n", "lacks a column"),
        ("", "lacks a column; found no rows"),
        ("reference,candidate\na,b\n", "lacks a column"),
        ("image,candidate\na,1\na.png,2\n", "names an image twice; found a"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(tmp_path, text, words):
    (tmp_path / "pairs.csv").write_text(text, encoding="utf-8")
    with pytest.raises(PairingError, match=words):
        parse_pair_rule(str(tmp_path / "pairs.csv"))


def test_a_table_that_is_not_there_is_an_error():
    with pytest.raises(FileError, match=r"cannot be read; found No such file or directory; expected.*after --pair"):
        parse_pair_rule("nothing.csv")


def test_a_table_that_is_not_called_a_csv_is_no_expression(tmp_path):
    (tmp_path / "pairs.tsv").write_text("image\tcandidate\na\t1\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"pairs\.tsv: --pair names a file that is no CSV by its name; expected"):
        parse_pair_rule(str(tmp_path / "pairs.tsv"))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"q": "1"}, "a reference that is not there; found q"),
        ({"a": "9"}, "a file of 'method' that is not there; found 9"),
    ],
)
def test_a_table_with_a_name_that_is_not_there_is_refused(table, words):
    with pytest.raises(PairingError, match=words):
        paired(["a.png"], ["1.png"], PairByTable({"": table}))


@settings(max_examples=150)
@given(image_names(), st.sampled_from(NAMINGS), st.data())
def test_every_file_is_paired_missing_or_extra_and_none_is_two_of_them(names, naming, data):
    (our_prefix, our_suffix), (their_prefix, their_suffix) = naming
    ours = data.draw(st.sets(st.sampled_from(names), min_size=1))
    theirs = data.draw(st.sets(st.sampled_from(names), min_size=1))
    pairing = paired(
        [f"{our_prefix}{name}{our_suffix}.png" for name in ours],
        [f"{their_prefix}{name}{their_suffix}.png" for name in theirs],
    )
    found = keys(pairing)
    assert {f"{our_prefix}{name}{our_suffix}" for name in ours} == {*found, *pairing.missing["method"]}
    assert not set(found) & set(pairing.missing["method"])
    extra = [file.key for file in pairing.extra["method"]]
    assert sorted(f"{their_prefix}{name}{their_suffix}" for name in theirs) == sorted([*found.values(), *extra])
    assert len(ours & theirs) == len(found)


@given(
    st.sets(st.tuples(st.sampled_from(["p1", "p2", "p3"]), st.sampled_from(["s1", "s2", "a", "b"])), min_size=1),
    st.sets(st.tuples(st.sampled_from(["p1", "p2", "p3"]), st.sampled_from(["s1", "s2", "a", "b"])), min_size=1),
    st.sampled_from([("", ""), ("_HR", "_SR"), ("", "x4_EDSR")]),
)
def test_removing_files_never_pairs_those_of_two_folders(ours, theirs, ends):
    pairing = paired(
        [f"{folder}/{name}{ends[0]}.png" for folder, name in ours],
        [f"{folder}/{name}{ends[1]}.png" for folder, name in theirs],
    )
    expected = {f"{folder}/{name}{ends[0]}": f"{folder}/{name}{ends[1]}" for folder, name in ours & theirs}
    assert expected == keys(pairing)


@pytest.mark.data
@pytest.mark.parametrize("scale", ["x2", "x4"])
def test_the_real_outputs_of_rcan_pair_with_their_references(data_folder, scale):
    folder = data_folder / "rcan_set5"
    names = ("RCAN", "RCANplus", "LR")
    methods = [find_images(folder / method / scale) for method in names]
    pairing = pair(find_images(folder / "HR" / scale), dict(zip(names, methods, strict=True)))
    assert tuple(f"{name}_HR_{scale}" for name in SET5) == pairing.common
    for method, word in zip(names, ("RCAN", "RCANplus", "LRBI"), strict=True):
        assert {f"{name}_HR_{scale}": f"{name}_{word}_{scale}" for name in SET5} == keys(pairing, method)


@pytest.mark.data
def test_the_real_images_of_set14_pair_by_their_numbers(data_folder):
    folder = data_folder / "Set14" / "image_SRF_4"
    pairing = pair(find_images(folder / "*_HR.png"), {"LR": find_images(folder / "*_LR.png")})
    numbers = [f"img_{number:03}_SRF_4" for number in range(1, 15)]
    assert {f"{number}_HR": f"{number}_LR" for number in numbers} == keys(pairing, "LR")
