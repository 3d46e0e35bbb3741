"""The door to the services: rights, one-time keys, scope, retries, audit."""

import uuid

import pytest
from django.db import OperationalError, connection

from core import numbering
from core.errors import Busy, DomainError, KeyReused, MissingRight, NotFound, StaleVersion
from core.locks import LockOrderViolation, LockRank, lock, lock_rows, note_lock
from core.models import AuditEvent, IdempotencyRecord, LegalSequence, Team, User
from core.operations import OPERATIONS, operation, perform, rehearse
from core.permissions import ScopedQuerySet
from tests.factories.core import make_user
from tests.races.runners import run_tasks, together


class Refused(DomainError):
    code = "test_refused"
    sentence = "No."


@operation(permission="core.manage_people")
def make_team(*, code, actor, at):
    return Team.objects.create(code=code, name=code)


@operation(permission="core.manage_people")
def make_team_and_refuse(*, code, actor, at):
    Team.objects.create(code=code, name=code)
    raise Refused


@operation(permission=None)
def rename_user(*, user_id, version, actor, at):
    person = lock(User, user_id, version=version)
    person.version += 1
    person.save(update_fields=["version"])
    return person


@pytest.fixture(autouse=True, scope="module")
def _forget_test_operations():
    yield
    for name in [name for name in OPERATIONS if name.startswith("tests.")]:
        del OPERATIONS[name]


@pytest.fixture
def boss(db):
    return make_user("boss", superuser=True)


def test_a_service_runs_inside_perform_only(boss):
    with pytest.raises(RuntimeError, match="inside perform"):
        make_team(code="A", actor=boss, at=None)


def test_perform_needs_the_verbs_right(db):
    with pytest.raises(MissingRight) as refusal:
        perform(make_team, actor=make_user("clerk"), code="A")
    assert refusal.value.status == 403
    assert refusal.value.params["right"] == "core.manage_people"
    assert not Team.objects.exists()


def test_perform_leaves_an_audit_row(boss):
    team = perform(make_team, actor=boss, code="A", reason="because")
    event = AuditEvent.objects.get(object_label="core.team", object_id=str(team.pk))
    assert (event.actor, event.reason) == (boss, "because")
    assert event.verb.endswith("make_team")


def test_the_same_key_does_nothing_twice(boss):
    key = str(uuid.uuid4())
    first = perform(make_team, actor=boss, key=key, code="A")
    again = perform(make_team, actor=boss, key=key, code="A")
    assert again == first
    assert Team.objects.count() == 1
    assert IdempotencyRecord.objects.count() == 1


def test_a_key_belongs_to_one_request(boss):
    key = str(uuid.uuid4())
    perform(make_team, actor=boss, key=key, code="A")
    with pytest.raises(KeyReused):
        perform(make_team, actor=boss, key=key, code="B")
    assert not Team.objects.filter(code="B").exists()


def test_a_key_of_another_user_is_another_key(boss):
    other = make_user("other", superuser=True)
    perform(make_team, actor=boss, key="k", code="A")
    perform(make_team, actor=other, key="k", code="B")
    assert Team.objects.count() == 2


def test_a_refusal_leaves_nothing(boss):
    with pytest.raises(Refused):
        perform(make_team_and_refuse, actor=boss, key="k", code="A")
    assert not Team.objects.exists()
    assert not IdempotencyRecord.objects.exists()


def test_a_stale_version_is_refused(boss):
    perform(rename_user, actor=boss, user_id=boss.pk, version=boss.version)
    with pytest.raises(StaleVersion):
        perform(rename_user, actor=boss, user_id=boss.pk, version=boss.version)


def test_locking_what_is_not_there_is_refused(boss):
    with pytest.raises(NotFound):
        perform(rename_user, actor=boss, user_id=0, version=None)


def test_an_operation_without_a_right_is_not_for_people(db):
    with pytest.raises(MissingRight):
        perform(rename_user, actor=make_user("clerk"), user_id=1, version=None)


def test_rehearsed_operations_see_each_other_and_vanish(boss):
    seen = []
    with rehearse(actor=boss) as attempt:
        attempt(make_team, lambda: {"code": "A"})
        with pytest.raises(Refused):
            attempt(make_team_and_refuse, lambda: {"code": "B"})
        seen = list(Team.objects.values_list("code", flat=True))
    assert seen == ["A"]
    assert not Team.objects.exists()


@operation(permission=None)
def lock_sequence_then_user(*, user_id, actor, at):
    lock_rows(LegalSequence.objects.filter(series="x"))
    numbering.next_legal_number("x", "2026")
    lock(User, user_id)


def test_a_lower_rank_after_a_higher_one_is_a_defect(boss):
    with pytest.raises(LockOrderViolation):
        perform(lock_sequence_then_user, actor=boss, user_id=boss.pk)


def test_locking_again_what_is_held_is_free(boss):
    @operation(permission=None)
    def twice(*, actor, at):
        lock(User, boss.pk)
        numbering.next_legal_number("x", "2026")
        lock(User, boss.pk)

    perform(twice, actor=boss)


def test_outside_an_operation_no_order_is_kept():
    note_lock((int(LockRank.SEQUENCE), 0), [("a", 1)])
    note_lock((int(LockRank.HEADER), 0), [("b", 1)])


def test_conflicts_are_retried(boss):
    tries = []

    @operation(permission=None)
    def conflicted(*, actor, at):
        tries.append(1)
        if len(tries) < 3:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
        return Team.objects.create(code="A", name="A")

    perform(conflicted, actor=boss)
    assert len(tries) == 3


def test_lasting_conflicts_are_refused_kindly(boss, monkeypatch):
    monkeypatch.setattr("core.operations.time.sleep", lambda seconds: None)

    @operation(permission=None)
    def hopeless(*, actor, at):
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(Busy):
        perform(hopeless, actor=boss)


def test_other_database_errors_are_defects(boss):
    @operation(permission=None)
    def broken(*, actor, at):
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '57014'; END $$")

    with pytest.raises(OperationalError):
        perform(broken, actor=boss)


def _post_many(task):
    boss = User.objects.get(username="boss")

    @operation(permission=None)
    def take(*, fails, actor, at):
        number = numbering.next_legal_number("invoice", "2026")
        if fails:
            raise Refused
        return {"number": number}

    taken = []
    for turn in range(task["count"]):
        try:
            taken.append(perform(take, actor=boss, fails=turn % 5 == 4)["number"])
        except Refused:
            continue
    return taken


def test_legal_numbers_have_no_gap_and_no_twin(committed):
    make_user("boss", superuser=True)
    numbers = sorted(together(run_tasks(_post_many, [{"count": 20}] * 4)))
    assert numbers == list(range(1, 4 * 16 + 1))


def test_rows_of_others_are_out_of_scope(db):
    class Owned(ScopedQuerySet):
        pass

    clerk = make_user("clerk", scope="own")
    assert not Owned(User).visible_to(make_user("gone", active=False)).exists()
    assert Owned(User).visible_to(clerk).exists()  # users have no owner: no row scope
