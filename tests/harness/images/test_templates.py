"""Templates: names that are equal but for what a folder adds to them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NAMINGS, image_names

from harness.images.markers import words_of_name
from harness.images.templates import Side, find_template
from srmetrics.errors import PairingError

SET14 = [f"img_{number:03}_SRF_4_" for number in range(1, 15)]
SET5 = ["baby", "bird", "butterfly", "head", "woman"]


def pairs(references: list[str], candidates: list[str], method: str = "candidate") -> dict[str, str]:
    found = find_template(Side(tuple(references)), Side(tuple(candidates), words_of_name(method)))
    return {} if found is None else {match.reference: match.candidate for match in found[1]}


@pytest.mark.parametrize(
    ("reference", "candidate", "template", "middle"),
    [
        ("{}_HR_x4", "{}_RCAN_x4", "*_HR_x4 with *_RCAN_x4", "baby"),
        ("{}", "{}x4_SwinIR", "* with *x4_SwinIR", "baby"),
        ("{}x4", "{}x4_SwinIR", "* with *_SwinIR", "babyx4"),
        ("img_{}_SRF_4_HR", "img_{}_SRF_4_LR", "*_HR with *_LR", "img_baby_SRF_4"),
        ("gt-{}", "pred-{}", "gt-* with pred-*", "baby"),
        ("gt-{}.x", "{} x", "gt-*.x with * x", "baby"),
        ("HR_{}", "SR_{}_final", "HR_* with SR_*_final", "baby"),
        ("{}", "{}_epoch_100", "* with *_epoch_100", "baby"),
        ("{}", "{}_v2.1", "* with *_v2.1", "baby"),
    ],
)
def test_the_template_is_what_stands_around_the_longest_shared_part(reference, candidate, template, middle):
    found = find_template(Side(tuple(map(reference.format, SET5))), Side(tuple(map(candidate.format, SET5))))
    assert found is not None
    assert template == str(found[0])
    assert [(reference.format(name), candidate.format(name)) for name in SET5] == [match[:2] for match in found[1]]
    assert middle == found[1][0].middle


@pytest.mark.parametrize(
    ("references", "candidates"),
    [
        (["baby", "bird", "butterfly"], ["baboon", "birch", "button"]),  # never inside words
        (["img10", "img11", "img12"], ["img20", "img21", "img22"]),  # never inside numbers
        (["img_001_HR"], ["img_002_LR"]),
        (["p1_s1_HR", "p2_s1_HR", "p3_s1_HR"], ["p1_s2_LR", "p2_s2_LR", "p3_s2_LR"]),
        (["baby_HR_x4"], ["bird_RCAN_x4"]),  # a scale is no key
        (["baby_HR_x2"], ["baby_RCAN_x4"]),  # nor are two scales one
        (["HR_baby"], ["HR_bird"]),
        (["baby_HR"], ["bird_HR"]),
        (["set14_comic"], ["set14_face"]),
        (["calendar_001", "calendar_002"], ["city_001", "city_002"]),  # two videos
        (["face"], ["face_2"]),  # a second face
        (["a", "b"], ["c", "d"]),
    ],
)
def test_names_of_different_images_do_not_pair(references, candidates):
    assert {} == pairs(references, candidates)


@pytest.mark.parametrize(
    ("references", "candidates", "named"),
    [
        (SET5, [f"{name}_A" for name in SET5] + [f"{name}_B" for name in SET5], r"\* with \*_A or \* with \*_B, 5"),
        (
            [f"{name}_{kind}" for name in SET5 for kind in ("HR", "LR")],
            [f"{name}_SwinIR" for name in SET5],
            r"\*_HR with \*_SwinIR or \*_LR with \*_SwinIR, 5",
        ),
        (["a", "b"], ["a_x", "b_y"], r"\* with \*_x or \* with \*_y, 1"),
        (["baby"], ["baby_RCAN", "baby_EDSR_plus"], r"\* with \*_EDSR_plus or \* with \*_RCAN, 1"),
    ],
)
def test_two_templates_of_the_same_worth_are_an_error_that_names_both(references, candidates, named):
    with pytest.raises(PairingError, match=named + " pairs each.*--pair"):
        pairs(references, candidates)


def test_the_template_of_most_pairs_wins():
    candidates = [f"{name}_RCAN" for name in SET5] + ["baby_old", "bird_old"]
    assert {name: f"{name}_RCAN" for name in SET5} == pairs(SET5, candidates)


def test_other_files_in_a_folder_do_no_harm():
    references = [f"{name}_HR" for name in SET5] + ["mean", "overview_of_all"]
    candidates = [f"{name}_SR" for name in SET5] + ["loss_curve", "fig 1", "fig 2", "overview"]
    assert {f"{name}_HR": f"{name}_SR" for name in SET5} == pairs(references, candidates)


def test_a_name_inside_a_longer_name_keeps_its_own_partner():
    references = ["lena", "lena_color"]
    assert {"lena": "lena_sr", "lena_color": "lena_color_sr"} == pairs(references, ["lena_sr", "lena_color_sr"])
    assert {"lena_color": "lena_color_sr"} == pairs(references, ["lena_color_sr"])


def test_words_without_meaning_on_both_sides_need_three_witnesses():
    assert {} == pairs(["baby_foo", "bird_foo"], ["baby_bar", "bird_bar"])
    assert 3 == len(pairs(["baby_foo", "bird_foo", "head_foo"], ["baby_bar", "bird_bar", "head_bar"]))


def test_the_name_of_the_method_is_a_word_with_meaning():
    assert {"baby_foo": "baby_RCANplus"} == pairs(["baby_foo"], ["baby_RCANplus"], method="RCAN-plus")
    assert {} == pairs(["baby_foo"], ["baby_RCANplus"], method="other")


def test_every_two_files_of_set14_pair_only_if_they_show_one_image():
    for ours, theirs in itertools.product(SET14, SET14):
        expected = {ours + "HR": theirs + "LR"} if ours == theirs else {}
        assert expected == pairs([ours + "HR"], [theirs + "LR"])


def test_every_two_files_of_set5_pair_only_if_they_show_one_image():
    for ours, theirs in itertools.product(SET5, SET5):
        expected = {f"{ours}_HR_x4": f"{theirs}_RCAN_x4"} if ours == theirs else {}
        assert expected == pairs([f"{ours}_HR_x4"], [f"{theirs}_RCAN_x4"])


@given(st.sets(st.sampled_from(SET14), min_size=1), st.sets(st.sampled_from(SET14), min_size=1))
def test_set14_with_any_files_missing_pairs_the_rest_as_before(ours, theirs):
    expected = {name + "HR": name + "LR" for name in ours & theirs}
    assert expected == pairs([name + "HR" for name in ours], [name + "LR" for name in theirs])


@settings(max_examples=300)
@given(image_names(), st.sampled_from(NAMINGS[1:]), st.data())
def test_removing_files_never_changes_the_other_pairs(names, naming, data):
    (our_prefix, our_suffix), (their_prefix, their_suffix) = naming
    ours = data.draw(st.sets(st.sampled_from(names), min_size=1))
    theirs = data.draw(st.sets(st.sampled_from(names), min_size=1))
    expected = {
        f"{our_prefix}{name}{our_suffix}": f"{their_prefix}{name}{their_suffix}" for name in sorted(ours & theirs)
    }
    found = pairs(
        [f"{our_prefix}{name}{our_suffix}" for name in sorted(ours)],
        [f"{their_prefix}{name}{their_suffix}" for name in sorted(theirs)],
    )
    assert expected == found


@given(image_names(), st.sampled_from(NAMINGS[1:]), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(names, naming, random):
    (our_prefix, our_suffix), (their_prefix, their_suffix) = naming
    ours = [f"{our_prefix}{name}{our_suffix}" for name in names]
    theirs = [f"{their_prefix}{name}{their_suffix}" for name in names]
    expected = pairs(ours, theirs)
    random.shuffle(ours)
    random.shuffle(theirs)
    assert expected == pairs(ours, theirs)


def test_names_of_patients_and_slices_take_no_square_of_their_number():
    names = [f"p{patient:03}_slice_{number:03}" for patient in range(50) for number in range(50)]
    found = pairs([f"{name}_HR" for name in names], [f"{name}_SR" for name in names])
    assert {f"{name}_HR": f"{name}_SR" for name in names} == found
