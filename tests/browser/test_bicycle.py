"""The bicycle maker's excerpt in a real Chromium: the tree, a quotation of a hundred, what is short."""

import os
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from core.clock import forget_company
from tests.browser.bicycle import BicycleStory
from tests.factories.core import user_in_role

FILES = Path(__file__).parents[1] / "data" / "adventureworks"


def test_a_hundred_bicycles_by_hand(desk, tmp_path):
    forget_company()
    call_command("import_adventureworks", str(FILES), stdout=StringIO())
    story = BicycleStory(
        desk,
        planner=user_in_role("planner", "manager"),
        seller=user_in_role("sales", "sales_manager"),
        folder=Path(os.environ.get("PICTURES", tmp_path)),
    )

    order = story.tell()

    assert order.lines.get().quantity == 100
    assert story.photograph() == []
    forget_company()
