"""The left navigation: no entry lost in a fold that does not exist, no group longer than one glance."""

import pytest

from core.contributions import NAVIGATION_GROUPS, Navigation, Section, contributions
from core.shell import navigation_for
from tests.factories.core import make_user

AT_A_GLANCE = 10
pytestmark = pytest.mark.django_db


def test_every_entry_stands_somewhere():
    shown = set()
    for group in navigation_for(make_user("boss", superuser=True), "/"):
        for child in group["children"]:
            shown |= {leaf["url"] for leaf in child.get("children", [child])}
    assert len(shown) == len(contributions(Navigation))


def test_a_page_beside_an_entry_opens_its_area():
    boss = make_user("boss", superuser=True)
    for path, area in {"/erp/mps/": "planning", "/erp/quality/pass-rates/": "quality", "/health/": ""}.items():
        assert [group["code"] for group in navigation_for(boss, path) if group["active"]] == [area] * bool(area)


def test_groups_and_folds_are_seen_at_a_glance():
    found = []
    for group in navigation_for(make_user("boss", superuser=True), "/"):
        found += [(group["code"], len(group["children"]))]
        found += [(child["label"], len(child["children"])) for child in group["children"] if "children" in child]
    assert not [row for row in found if row[1] > AT_A_GLANCE]
    assert {one.group for one in contributions(Section)} <= set(NAVIGATION_GROUPS)
