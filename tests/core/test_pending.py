"""What an operation has pending is written before a statement that names its table, and before no other."""

from django.db import connection

from core.models import Company
from core.pending import Pending
from tests.factories.core import company


def stored_name() -> str:
    return Company.objects.values_list("name", flat=True).get()


def test_a_statement_that_names_the_table_sees_what_is_pending(db):
    own, pending = company(), Pending()
    before, own.name = own.name, "Renamed"
    pending.change([own], ["name"])
    with connection.execute_wrapper(pending.guard), connection.cursor() as cursor:
        cursor.execute("SELECT 'core_company_of_another', 1 AS encore_company")
    assert stored_name() == before, "a longer name is another table"
    with connection.execute_wrapper(pending.guard):
        assert stored_name() == "Renamed"
    own.name = "Again"
    pending.change([own], ["name"])
    with connection.execute_wrapper(pending.guard):
        assert stored_name() == "Again", "what was written once is watched anew"
