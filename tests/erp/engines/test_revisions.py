"""The revision that follows: in the manner the last one was counted, and never one that is taken."""

import pytest

from erp.engines.revisions import next_revision


@pytest.mark.parametrize(
    ("last", "following"),
    [
        ("", "1"), ("1", "2"), ("9", "10"), ("09", "10"), ("A", "B"), ("Z", "AA"), ("AZ", "BA"), ("c", "d"),
        ("R1", "R2"), ("V1.9", "V1.10"), ("A-", "A-1"), ("版", "版1"),
    ],
)  # fmt: skip
def test_the_next_revision_counts_as_the_last_one_did(last, following):
    assert next_revision(last, {last}) == following


def test_a_taken_revision_is_left_out():
    assert next_revision("A", {"A", "B", "C"}) == "D"
    assert next_revision("2", {"1", "2", "3"}) == "4"
