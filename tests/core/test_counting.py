"""Counting querysets together: one statement, whatever shape they have."""

import operator
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db.models import Count, F

from core.counting import Summed, counted, number
from core.models import User
from tests.factories.core import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    groups = [Group.objects.create(name=name) for name in ("one", "two")]
    users = [make_user(name) for name in ("ann", "bob", "eve")]
    for user in users[:2]:
        user.groups.set(groups)
    return User.objects.filter(username__in=["ann", "bob", "eve"])


def test_all_shapes_of_rows_are_counted_in_one_statement(people, django_assert_num_queries):
    asked = {
        "plain": people.order_by("username"),
        "joined": people.filter(groups__isnull=False),
        "distinct": people.filter(groups__isnull=False).distinct().order_by("username"),
        "grouped": people.values("groups").annotate(many=Count("pk")),
        "having": people.annotate(many=Count("groups")).filter(many=2),
        "first": people.order_by("username")[:2],
        "together": people.filter(username="ann").union(people.filter(username="eve")),
        "none": people.none(),
        "number": 7,
    }
    right = {key: rows if isinstance(rows, int) else len(rows) for key, rows in asked.items()}
    with django_assert_num_queries(1):
        assert counted(asked) == right
    assert right == {
        "plain": 3,
        "joined": 4,
        "distinct": 2,
        "grouped": 3,
        "having": 2,
        "first": 2,
        "together": 2,
        "none": 0,
        "number": 7,
    }


def test_a_number_or_nothing_asks_nobody(people, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert (number(5), number(people.none()), counted({})) == (5, 0, {})


def test_sums_are_asked_with_the_counts(people, django_assert_num_queries):
    asked = {
        "sum": Summed(people.order_by("username"), "pk"),
        "worth": Summed(people, F("pk") + 1, operator.neg),
        "nothing": Summed(people.none(), "pk"),
        "no row": Summed(people.filter(username="zoe"), "pk"),
        "rows": people,
    }
    keys = sum(people.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        found = counted(asked)
    assert found == {"sum": keys, "worth": -keys - 3, "nothing": 0, "no row": 0, "rows": 3}
    assert {type(found[key]) for key in ("sum", "worth", "nothing", "no row")} == {Decimal}
