"""Signals, ports, contributions, numbering, field rights, ledgers."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from core import numbering
from core.contributions import Navigation, contribute, contributions
from core.models import AuditEvent, CodingRule
from core.permissions import FIELD_RULES, FieldRule, hidden_fields, may_change_field, may_view_field
from core.ports import Port
from core.signals import MAX_DEPTH, DomainSignal
from tests.factories.core import make_user


def test_a_signal_outside_a_transaction_is_a_defect(committed):
    with pytest.raises(RuntimeError, match="transaction"):
        DomainSignal("order").send(sender=None, order=1)


def test_a_signal_sends_what_it_declares(db):
    signal = DomainSignal("order", "actor")
    with transaction.atomic(), pytest.raises(TypeError, match="payload"):
        signal.send(sender=None, order=1)


def test_signals_nest_three_deep_at_most(db):
    signal = DomainSignal("depth")
    reached = []

    def receiver(sender, depth, **_):
        reached.append(depth)
        signal.send(sender=None, depth=depth + 1)

    signal.connect(receiver, weak=False)
    with transaction.atomic(), pytest.raises(RuntimeError, match="nest"):
        signal.send(sender=None, depth=1)
    assert reached == list(range(1, MAX_DEPTH + 1))


def test_a_failing_receiver_undoes_the_operation(db):
    signal = DomainSignal("order")

    def receiver(sender, order, **_):
        raise ZeroDivisionError

    signal.connect(receiver, weak=False)

    def operation():
        with transaction.atomic():
            CodingRule.objects.create(target="x.y", prefix="X")
            signal.send(sender=None, order=1)

    with pytest.raises(ZeroDivisionError):
        operation()
    assert not CodingRule.objects.filter(target="x.y").exists()


def test_a_port_has_one_provider():
    port: Port = Port("test.question")
    with pytest.raises(RuntimeError, match="nobody"):
        port()
    port.provide(lambda: 42)
    assert port() == 42
    with pytest.raises(RuntimeError, match="already"):
        port.provide(lambda: 43)


def test_a_contribution_is_registered_once():
    entry = Navigation("work", "x", "core:home", "", order=1)
    contribute(entry)
    contribute(entry)
    with pytest.raises(RuntimeError, match="twice"):
        contribute(Navigation("work", "y", "core:home", ""))
    from core.contributions import _registry

    del _registry[Navigation][("work", "core:home", "")]


def test_contributions_are_cut_to_the_users_rights(db):
    nobody = make_user("nobody")
    boss = make_user("boss", superuser=True)
    labels = {str(entry.url_name) for entry in contributions(Navigation, user=nobody)}
    assert "core:people" not in labels
    assert "core:people" in {str(entry.url_name) for entry in contributions(Navigation, user=boss)}


def test_codes_follow_their_rule(db):
    CodingRule.objects.create(target="t.doc", prefix="SO", date_part="%y%m", digits=4, separator="-")
    day = dt.date(2026, 11, 22)
    assert numbering.next_code("t.doc", day) == "SO2611-0001"
    assert numbering.next_code("t.doc", day) == "SO2611-0002"
    assert numbering.next_code("t.doc", dt.date(2026, 12, 1)) == "SO2612-0001"


def test_a_check_digit_catches_a_swapped_pair(db):
    rule = CodingRule(target="t.item", prefix="", date_part="", digits=6, separator="", check_digit="luhn")
    code = numbering.format_code(rule, dt.date(2026, 1, 1), 123456)
    assert code == "1234566"  # Luhn of 123456 is 6
    assert numbering.luhn_digit("213456") != code[-1]


def test_field_rules_hide_and_freeze(db, monkeypatch):
    monkeypatch.setitem(FIELD_RULES, "core.codingrule.prefix", FieldRule(view="core.manage_people"))
    monkeypatch.setitem(FIELD_RULES, "core.codingrule.digits", FieldRule(change="core.manage_people"))
    clerk, boss = make_user("clerk"), make_user("boss", superuser=True)
    assert hidden_fields(clerk, CodingRule) == {"prefix"}
    assert hidden_fields(boss, CodingRule) == frozenset()
    assert may_view_field(clerk, "core.codingrule.digits")
    assert not may_change_field(clerk, "core.codingrule.digits")
    assert may_change_field(boss, "core.codingrule.digits")
    assert not may_change_field(clerk, "core.codingrule.prefix")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET reason = 'x'",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditevent",
        "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
    ],
)
def test_the_audit_log_is_append_only(db, statement):
    AuditEvent.objects.create(
        object_label="t", object_id="1", verb="t.t", at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), detail={}
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.filter(reason="").exists()
