"""Image files of every format: finding them, reading one page at a time, and pairing references with candidates."""

from harness.images.files import count_pages, open_picture, read_picture
from harness.images.from_dicom import patient_group
from harness.images.imageset import ImageFile, ImageSet, find_images
from harness.images.lie_among import lies_among
from harness.images.pair_rules import PairByPattern, PairByTable, PairRule, parse_pair_rule
from harness.images.pairing import PairFailure, Pairing, pair
from harness.images.picture import Picture
from harness.images.unpaired import nothing_pairs

__all__ = [
    "ImageFile",
    "ImageSet",
    "PairByPattern",
    "PairByTable",
    "PairFailure",
    "PairRule",
    "Pairing",
    "Picture",
    "count_pages",
    "find_images",
    "lies_among",
    "nothing_pairs",
    "open_picture",
    "pair",
    "parse_pair_rule",
    "patient_group",
    "read_picture",
]
