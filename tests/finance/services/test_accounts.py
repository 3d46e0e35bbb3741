"""Charts, accounts, their mapping, bank accounts."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import StaleVersion
from core.operations import perform
from finance.errors import (
    AccountInUse,
    AccountNotPostable,
    ChartLoaded,
    CodeTaken,
    KindDiffers,
    MappingNeeded,
    NothingProposed,
    UnknownChart,
    UnknownRole,
)
from finance.models import Account, AccountMapping, BankAccount
from finance.selectors.charts import CHARTS, chart_rows
from finance.services import accounts, charts
from finance.states import SUBLEDGER_ROLES, AccountRole
from tests.factories import erp, masterdata
from tests.factories.core import company, superuser
from tests.factories.finance import account, balances, bank


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_has_an_account_for_every_role(db, chart):
    company()
    masterdata.basics()
    count = perform(charts.load_chart, actor=None, chart=chart)
    assert count == Account.objects.count() == len(chart_rows(chart))
    found = dict(AccountMapping.objects.values_list("role", "account__is_control"))
    assert found.keys() == set(AccountRole.values)
    assert {role for role, is_control in found.items() if is_control} == {str(role) for role in SUBLEDGER_ROLES}
    assert not Account.objects.filter(mappings__isnull=False, children__isnull=False).exists()
    for one in Account.objects.filter(parent__isnull=False).select_related("parent"):
        assert one.kind == one.parent.kind
    assert set(BankAccount.objects.values_list("code", flat=True)) == {"BANK", "CASH"}


def test_a_chart_is_loaded_once(books):
    with pytest.raises(ChartLoaded):
        perform(charts.load_chart, actor=None, chart="ifrs")
    with pytest.raises(UnknownChart):
        perform(charts.load_chart, actor=None, chart="../secrets")


def save(**values):
    return perform(accounts.save_account, actor=None, **{"name": "Petty cash", "kind": "asset"} | values)


def test_accounts_are_made_below_unused_ones(books):
    parent = save(code="1099")
    child = save(code="109901", parent_id=parent.pk, name_zh="备用金")
    assert (child.parent, child.name_zh) == (parent, "备用金")
    with pytest.raises(CodeTaken):
        save(code="1099")
    with pytest.raises(KindDiffers):
        save(code="109902", parent_id=parent.pk, kind="revenue")
    with pytest.raises(AccountInUse):
        save(code="100201", parent_id=bank().account_id)


def test_a_used_account_keeps_its_code_and_stays_open(books):
    found = account("1002")
    values = {"account_id": found.pk, "code": "1002", "name": "Bank", "kind": "asset"}
    assert save(**values).name == "Bank"
    with pytest.raises(AccountInUse):
        save(**values | {"code": "1003"})
    with pytest.raises(AccountInUse):
        save(**values | {"is_active": False})
    with pytest.raises(StaleVersion):
        save(**values | {"version": 0})


def test_a_category_has_an_account_of_its_own(books):
    erp.place()
    category = masterdata.category("RAW")
    raw = account("1403")
    perform(accounts.save_mapping, actor=None, role="stock", account_id=raw.pk, category_id=category.pk)
    inside = masterdata.category("STEEL", parent=category)
    erp.opening(masterdata.item("BAR", category=inside), "1", "10")
    erp.opening(masterdata.item("TOOL"), "1", "7")
    assert (balances()["1403"], balances()["1405"]) == (Decimal(10), Decimal(7))


def test_a_mapping_is_needed_and_its_account_bookable(books):
    with pytest.raises(UnknownRole):
        perform(accounts.save_mapping, actor=None, role="nonsense", account_id=account("1002").pk)
    with pytest.raises(MappingNeeded):
        perform(accounts.save_mapping, actor=None, role="stock", account_id=None)
    with pytest.raises(AccountNotPostable):
        perform(accounts.save_mapping, actor=None, role="stock", account_id=account("1122").pk)


def test_a_sub_ledger_is_not_forgotten_on_its_old_account(books):
    erp.place()
    erp.opening(masterdata.item("TOOL"), "1", "7")
    with pytest.raises(AccountInUse):
        perform(accounts.save_mapping, actor=None, role="stock", account_id=account("1411").pk)


def test_a_bank_account_needs_a_ledger_account_of_its_own_kind(books):
    values = {"code": "B2", "name": "Second", "currency_id": masterdata.currency().pk}
    made = perform(accounts.save_bank_account, actor=None, account_id=account("1012").pk, **values)
    assert made.account == account("1012")
    with pytest.raises(CodeTaken):
        perform(accounts.save_bank_account, actor=None, account_id=account("1012").pk, **values)
    with pytest.raises(AccountNotPostable):
        perform(accounts.save_bank_account, actor=None, account_id=account("112201").pk, **values | {"code": "B3"})


def test_roles_that_came_after_the_chart_get_its_accounts(books, client):
    lost = AccountMapping.objects.filter(role__in=["early_invoiced", "not_received"]).order_by("role")
    codes = [one.account.code for one in lost]
    keys = list(lost.values_list("account", flat=True))
    lost.delete()
    Account.objects.filter(pk=keys[0]).delete()
    client.force_login(superuser("boss"))
    page = client.get(reverse("finance:mapping-list")).content.decode()
    assert reverse("finance:mapping-complete") in page
    assert client.post(reverse("finance:mapping-complete")).status_code == 302
    found = AccountMapping.objects.filter(role__in=["early_invoiced", "not_received"]).order_by("role")
    assert [one.account.code for one in found] == codes
    assert reverse("finance:mapping-complete") not in client.get(reverse("finance:mapping-list")).content.decode()
    with pytest.raises(NothingProposed):
        perform(charts.complete_mapping, actor=None)
