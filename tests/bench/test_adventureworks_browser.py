"""A hundred bicycles by hand on all files: each page as the company with 504 items and 5,000 customers has it."""

import os
from pathlib import Path

from tests.bench.adventureworks import load, measured
from tests.browser.bicycle import BicycleStory
from tests.factories.core import user_in_role


def test_a_hundred_bicycles_by_hand(files, own_clock, desk, tmp_path):
    with measured("import of all files"):
        load(files)
    story = BicycleStory(
        desk,
        planner=user_in_role("planner", "manager"),
        seller=user_in_role("sales", "sales_manager"),
        folder=Path(os.environ.get("PICTURES", tmp_path)),
    )
    with measured("the whole story in the browser"):
        order = story.tell()
    print(f"  {order.number}: {order.gross_amount} to {order.partner}; {len(story.seen)} pages")
    assert story.photograph() == []
