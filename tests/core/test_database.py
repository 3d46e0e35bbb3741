"""The house's compiler of queries finds what Django's own finds, in the same order."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.compiler import SQLCompiler
from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Lower

from core.database import compiler
from core.models.numbering import CodingRule
from masterdata.models import Item
from tests.factories import masterdata

QUERIES: dict[str, Callable[[], QuerySet[Any, Any]]] = {
    "by a column": lambda: Item.objects.order_by("-code"),
    "by its own order": lambda: CodingRule.objects.filter(digits__gt=1),
    "by a column of another table": lambda: Item.objects.select_related("uom", "category").order_by("uom__code", "pk"),
    "by an expression": lambda: Item.objects.order_by(Lower("name").desc(), F("code").asc(nulls_last=True)),
    "values": lambda: Item.objects.values_list("name", "code").order_by("code"),
    "distinct": lambda: Item.objects.values_list("uom__code").distinct().order_by("uom__code"),
    "distinct on": lambda: Item.objects.order_by("uom_id", "code").distinct("uom_id"),
    "annotated": lambda: Item.objects.annotate(first=Lower("code")).order_by("first"),
    "grouped": lambda: Item.objects.values("uom__code").annotate(found=Count("pk")).order_by("-found", "uom__code"),
    "extra": lambda: Item.objects.extra(select={"twice": "code || code"}).order_by("twice"),
    "united": lambda: (
        Item.objects.filter(code="A").values_list("code").union(Item.objects.values_list("code")).order_by("-code")
    ),
    "sliced below": lambda: Item.objects.filter(pk__in=Item.objects.order_by("-code").values("pk")[:2]).order_by("pk"),
    "joined to itself": lambda: Item.objects.select_related("category__parent").order_by(
        "category__parent__code", "code"
    ),
    "locked": lambda: Item.objects.select_for_update(of=("self",), no_key=True).order_by("pk"),
    "a value": lambda: Item.objects.order_by(Value(1), "code"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_it_finds_the_same_as_djangos_own(db, name):
    for code in ("B", "A", "C"):
        masterdata.item(code)
    query = QUERIES[name]().query
    ours, theirs = (kind(query.clone(), connection, "default") for kind in (compiler.SQLCompiler, SQLCompiler))
    found = [rows(one) for one in (ours, theirs)]
    assert found[0] == found[1] != []


def rows(one: SQLCompiler) -> list[tuple[Any, ...]]:
    statement, params = one.as_sql()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def test_an_order_names_its_column_where_columns_alone_are_selected(db):
    statement, _params = Item.objects.order_by("code").query.get_compiler("default").as_sql()
    assert statement.endswith('ORDER BY "masterdata_item"."code" ASC')


def test_a_name_with_a_dollar_sign_is_refused(db):
    one = Item.objects.all().query.get_compiler("default")
    with pytest.raises(ValueError, match="Dollar"):
        one.quote_name_unless_alias("a$b")
