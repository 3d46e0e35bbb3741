"""What the built-in roles may do with master data."""

import pytest

from tests.factories import core

SEES_COST = {"sales_manager", "finance", "finance_manager", "manager", "administrator"}
ROLES = (*sorted(SEES_COST), "sales", "planner", "buyer", "warehouse", "production")


@pytest.mark.parametrize("role", ROLES)
def test_everybody_reads_items_and_partners_and_few_see_cost(db, role):
    user = core.user_in_role(role)
    assert user.has_perm("masterdata.view_item")
    assert user.has_perm("masterdata.view_partner")
    assert user.has_perm("masterdata.view_cost") is (role in SEES_COST)


@pytest.mark.parametrize(
    ("role", "right", "granted"),
    [
        ("sales", "masterdata.change_partner", True),
        ("sales", "masterdata.change_credit_terms", False),
        ("sales", "masterdata.view_purchase_price", False),
        ("sales", "masterdata.change_pricelist", False),
        ("sales_manager", "masterdata.change_credit_terms", True),
        ("buyer", "masterdata.change_supplieritem", True),
        ("buyer", "masterdata.view_partnerbankaccount", False),
        ("warehouse", "masterdata.change_location", True),
        ("warehouse", "masterdata.change_item", False),
        ("finance", "masterdata.change_exchangerate", True),
        ("finance", "masterdata.change_item", False),
        ("administrator", "core.change_codingrule", True),
        ("production", "masterdata.view_labour_rate", False),
    ],
)
def test_rights_of_roles(db, role, right, granted):
    assert core.user_in_role(role).has_perm(right) is granted


def test_every_menu_entry_asks_for_a_right_that_exists(db):
    from django.contrib.auth.models import Permission

    from core.contributions import Navigation, contributions

    rights = {
        f"{one.content_type.app_label}.{one.codename}" for one in Permission.objects.select_related("content_type")
    }
    entries = [one for one in contributions(Navigation) if one.url_name.startswith("masterdata:")]
    assert len(entries) == 20
    assert {one.permission for one in entries} <= rights
