"""More material than planned: with the right at once, else when it is asked for and approved."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.approvals.errors import ApprovalRequired
from core.approvals.models import ApprovalRequest
from core.approvals.services import decide_approval, request_approval
from core.errors import InvalidInput
from core.operations import perform
from erp.errors import OverIssue
from erp.errors.making import ExtraNeedsTheRight
from erp.services import work_orders
from tests.erp.services.work_order_steps import fresh, issue
from tests.factories import approvals, core, erp_make

D = Decimal


def ask(order, quantity: str, reason: str = "broken on the line"):
    leg = order.materials.first()
    return perform(
        work_orders.request_extra_material,
        actor=None,
        work_order_id=order.pk,
        material_id=leg.pk,
        quantity=D(quantity),
        reason=reason,
    )


def test_what_was_asked_for_is_issued_once_it_is_approved_and_not_more(bench) -> None:
    policy = approvals.policy("erp.workorder", "over_issue", "gt", "10")  # a leg is 5.00
    order = erp_make.issued_work_order(bench, "10")
    with pytest.raises(InvalidInput):
        ask(order, "1", reason=" ")
    with pytest.raises(OverIssue):
        issue(fresh(order), "1", "0")
    ask(order, "2")
    issue(fresh(order), "2", "0")  # 10.00: not above the limit of the policy
    ask(order, "6")
    with pytest.raises(ApprovalRequired):
        issue(fresh(order), "4", "0")

    clerk, boss = core.superuser("clerk"), core.superuser("boss")
    boss.groups.add(policy.approver_role)
    asked = {"document_label": "erp.workorder", "document_id": order.pk, "explanation": "five legs broke"}
    perform(request_approval, actor=clerk, **asked)
    request = ApprovalRequest.objects.get()
    perform(decide_approval, actor=boss, request_id=request.pk, approve=True, comment="")

    with pytest.raises(OverIssue):
        issue(fresh(order), "5", "0")
    issue(fresh(order), "4", "0")
    line = order.materials.first()
    assert (line.issued_quantity, line.extra_left) == (D(46), D(0))


def test_without_a_policy_only_the_right_helps_and_the_page_asks(bench, client) -> None:
    order = erp_make.issued_work_order(bench, "10")
    client.force_login(core.superuser())
    leg = order.materials.first()
    form = {"material": leg.pk, "quantity": "3", "reason": "bent"}
    answer = client.post(reverse("erp:work-order-request-extra", args=[order.pk]), form)
    assert answer.url == order.get_absolute_url()
    page = client.get(answer.url).content.decode()
    assert "asked for beyond the plan" in page
    assert "no approval is set up" in page
    with pytest.raises(ExtraNeedsTheRight):
        issue(fresh(order), "3", "0")
    with pytest.raises(OverIssue):
        issue(fresh(order), "4", "0")
    issue(fresh(order), "3", "0", service=work_orders.issue_extra_materials)
