"""Inspection plans: which one counts, revisions, refusals; sampling by the standard's table."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput
from core.operations import perform
from erp.engines.sampling import NORMAL, aql_sample, sample_of
from erp.errors import NotDraft, PlanIsEmpty, PlanOverlaps
from erp.models import InspectionPlan
from erp.selectors.inspection_plans import plans_for
from erp.services import inspection_plans
from tests.factories import core, erp, erp_quality, masterdata

D = Decimal
DAY = erp.TODAY


@pytest.mark.parametrize(
    ("lot", "aql", "level", "expected"),
    [  # ISO 2859-1:1999, tables 1 and 2-A
        (1000, "1.0", "II", ("J", 80, 2)),
        (500, "0.65", "II", ("J", 80, 1)),  # arrow down
        (100, "1.0", "II", ("E", 13, 0)),  # arrow up
        (4000, "2.5", "II", ("L", 200, 10)),
        (4000, "2.5", "I", ("J", 80, 5)),
        (4000, "2.5", "III", ("M", 315, 14)),
        (1_000_000, "0.65", "II", ("Q", 1250, 14)),
        (20, "0.40", "II", ("G", 20, 0)),  # the sample would be larger than the lot
        (1, "4.0", "II", ("B", 1, 0)),
        (1_000_000, "10", "II", ("K", 125, 21)),
    ],
)
def test_aql_samples_are_those_of_the_standard(lot, aql, level, expected):
    found = aql_sample(lot, aql, level)
    assert (found.letter, found.size, found.accept) == expected
    assert found.reject == found.accept + 1


def test_every_arrow_of_the_table_leads_to_a_plan():
    assert all(len(row.split()) == 16 for row in NORMAL.values())
    sizes = (2, 9, 16, 26, 51, 91, 151, 281, 501, 1201, 3201, 10001, 35001, 150001, 500001)
    for aql in NORMAL:
        for level in ("I", "II", "III"):
            assert all(0 < aql_sample(size, aql, level).size <= size for size in sizes)


def test_other_ways_of_sampling_accept_no_defect():
    assert sample_of("full", D("2.5")).size == 3
    assert sample_of("fixed", D(10), number=50).size == 10
    found = sample_of("percent", D(101), percent=D(10))
    assert (found.size, found.accept, found.reject) == (11, 0, 1)


@pytest.fixture
def item(db):
    core.company(pinned_date=DAY)
    masterdata.basics()
    return masterdata.item("BOLT", category=masterdata.category("STEEL", parent=masterdata.category("METAL")))


def chosen(item, kind="receipt", day=DAY, operation_no=None):
    return plans_for([item.pk], kind, day, operation_no).get(item.pk)


def test_the_nearest_plan_counts(item):
    assert chosen(item) is None
    metal = erp_quality.plan(None, category_id=item.category.parent_id)
    assert chosen(item) == metal
    steel = erp_quality.plan(None, category_id=item.category_id)
    assert chosen(item) == steel
    own = erp_quality.plan(item)
    assert chosen(item) == own
    assert chosen(item, "final") is None
    assert chosen(item, "return") == own
    assert chosen(item, day=DAY - dt.timedelta(days=1)) is None


def test_a_revision_ends_its_predecessor_and_leaves_it_as_it_was(item):
    first = erp_quality.plan(item)
    draft = perform(inspection_plans.revise_inspection_plan, actor=None, plan_id=first.pk)
    assert (draft.revision, draft.replaces, draft.lines.count()) == (2, first, 2)
    with pytest.raises(PlanOverlaps):
        perform(inspection_plans.release_inspection_plan, actor=None, plan_id=draft.pk)
    later = DAY + dt.timedelta(days=7)
    perform(inspection_plans.update_inspection_plan, actor=None, plan_id=draft.pk, valid_from=later)
    perform(inspection_plans.release_inspection_plan, actor=None, plan_id=draft.pk)
    first.refresh_from_db()
    assert (first.state, first.valid_to) == ("released", later)
    assert (chosen(item), chosen(item, day=later)) == (first, InspectionPlan.objects.get(revision=2))
    with pytest.raises(NotDraft):
        perform(inspection_plans.update_inspection_plan, actor=None, plan_id=first.pk, note="x")
    perform(inspection_plans.retire_inspection_plan, actor=None, plan_id=first.pk)
    assert chosen(item) is None


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"kind": "never"}, {}),
        ({"item_id": None}, {}),
        ({"sampling": "fixed"}, {}),
        ({"sampling": "percent", "sample_percent": D(101)}, {}),
        ({"sampling": "aql", "aql": "3"}, {}),
        ({}, {"lower": D(3), "upper": D(2)}),
        ({}, {"lower": None, "upper": None}),
        ({}, {"name": " "}),
    ],
)
def test_plans_that_say_too_little_are_refused(item, values, line):
    header = {"kind": "receipt", "item_id": item.pk} | values
    with pytest.raises(InvalidInput):
        perform(inspection_plans.create_inspection_plan, actor=None, lines=[erp_quality.LENGTH | line], **header)


def test_an_empty_plan_is_not_released(item):
    draft = perform(inspection_plans.create_inspection_plan, actor=None, kind="receipt", item_id=item.pk, lines=[])
    with pytest.raises(PlanIsEmpty):
        perform(inspection_plans.release_inspection_plan, actor=None, plan_id=draft.pk)
