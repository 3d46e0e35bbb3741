"""The API of the reports."""

import pytest
from rest_framework.test import APIClient

from core.operations import perform
from finance.models import StatementLayout
from finance.services import statements
from tests.factories import erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import free_invoice, post

ROOT = "/api/v1/finance"


@pytest.fixture
def api(books) -> APIClient:
    erp.place()
    perform(statements.load_standard_layouts, actor=None)
    client = APIClient()
    client.force_authenticate(superuser())
    return client


def test_statements_with_their_figures(api):
    post(free_invoice(masterdata.customer("ACME"), "250"))
    layout = StatementLayout.objects.get(code="CN-BS")
    url = f"{ROOT}/statements/{layout.pk}/"
    assert len(api.get(url).json()["rows"]) == 60
    report = api.get(f"{url}report/?date=2026-12-31").json()
    rows = {row["code"]: row["figures"] for row in report["rows"]}
    assert (rows["4"], rows["53"], report["difference"], report["is_right"]) == (
        ["250.0000", "0.0000"], ["250.0000", "0.0000"], ["0.0000", "0.0000"], True
    )  # fmt: skip
    assert api.get(f"{url}report/?date=x").status_code == 422
    row = {"code": "1", "name": "Revenue", "kind": "accounts", "side": "credit", "accounts": "5001"}
    body = {"code": "OWN", "name": "Own", "kind": "profit_loss", "rows": [row]}
    made = api.post(f"{ROOT}/statements/", body, format="json", headers={"Idempotency-Key": "k1"})
    assert (made.status_code, made.json()["rows"][0]["accounts"]) == (201, "5001")
    wrong = body | {"rows": [row | {"accounts": "99"}]}
    changed = f"{ROOT}/statements/{made.json()['id']}/"
    refused = api.put(changed, wrong, format="json", headers={"Idempotency-Key": "k2"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_accounts")
    api.force_authenticate(make_user("stranger"))
    assert api.get(f"{url}report/").status_code == 403
