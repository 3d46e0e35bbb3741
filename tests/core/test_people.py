"""People and roles: accounts, rights, sessions, preview."""

import pytest
from django.contrib.auth.models import Group, Permission

from core.errors import MissingRight
from core.models import AuditEvent, User
from core.operations import perform
from core.services import people
from tests.factories.core import make_company, make_user, user_in_role

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
VALUES = {"username": "lily", "first_name": "Lily", "last_name": "", "language": "en", "scope": "own"}


@pytest.fixture
def boss():
    make_company()
    return user_in_role("administrator", username="boss")


def role(code):
    return Group.objects.get(role__code=code).pk


def test_a_new_person_gets_roles_and_no_usable_password(boss):
    person = perform(people.save_person, actor=boss, user_id=None, values=VALUES, role_ids=[role("sales")])
    assert not person.has_usable_password()
    assert [group.role.code for group in person.groups.all()] == ["sales"]


def test_managing_people_needs_the_right():
    clerk = make_user("clerk")
    with pytest.raises(MissingRight):
        perform(people.save_person, actor=clerk, user_id=None, values=VALUES, role_ids=[])
    assert not User.objects.filter(username="lily").exists()


def test_a_user_name_is_taken_once(boss):
    perform(people.save_person, actor=boss, user_id=None, values=VALUES, role_ids=[])
    with pytest.raises(people.UserNameTaken):
        perform(people.save_person, actor=boss, user_id=None, values=VALUES | {"username": "LILY"}, role_ids=[])


def test_deactivation_ends_the_session(boss, client):
    person = user_in_role("sales", username="lily")
    client.force_login(person, backend=BACKEND)
    assert client.get("/my-work/").status_code == 200
    perform(people.set_person_active, actor=boss, user_id=person.pk, active=False)
    assert client.get("/my-work/").status_code == 302
    assert AuditEvent.objects.filter(object_label="core.user", verb="core.user.deactivated").exists()


def test_nobody_deactivates_himself_or_the_last_administrator(boss):
    with pytest.raises(people.NotYourself):
        perform(people.set_person_active, actor=boss, user_id=boss.pk, active=False)
    with pytest.raises(people.LastAdministrator):
        perform(people.set_person_active, actor=None, user_id=boss.pk, active=False)
    boss.refresh_from_db()
    assert boss.is_active


def test_taking_a_right_from_a_role_ends_its_members_sessions(boss, client):
    person = user_in_role("sales", username="lily")
    client.force_login(person, backend=BACKEND)
    detail = Group.objects.get(role__code="sales").role
    values = {"code": "sales", "name": "Sales", "name_zh": "销售", "description": ""}
    kept = Permission.objects.filter(codename="comment_document").values_list("pk", flat=True)
    perform(people.save_role, actor=boss, group_id=detail.group_id, values=values, permission_ids=list(kept))
    assert client.get("/my-work/").status_code == 302
    assert AuditEvent.objects.get(object_label="core.roledetail", verb__endswith="rights_changed").detail["taken"]


def test_the_code_of_a_built_in_role_stays(boss):
    detail = Group.objects.get(role__code="sales").role
    values = {"code": "vendors", "name": "x", "name_zh": "", "description": ""}
    with pytest.raises(people.BuiltInRole):
        perform(people.save_role, actor=boss, group_id=detail.group_id, values=values, permission_ids=[])


def test_a_preview_has_the_roles_rights_and_changes_nothing(boss, client):
    client.force_login(boss, backend=BACKEND)
    detail = Group.objects.get(role__code="warehouse").role
    assert client.post(f"/settings/roles/{detail.pk}/preview/").status_code == 302
    assert client.get("/settings/people/").status_code == 403
    refused = client.post("/settings/teams/new/", {"code": "T", "name": "T"})
    assert refused.status_code == 409
    assert client.post("/settings/preview/end/").status_code == 302
    assert client.get("/settings/people/").status_code == 200


def test_a_one_time_link_sets_a_password_once(boss, client):
    person = user_in_role("sales", username="lily")
    client.force_login(boss, backend=BACKEND)
    page = client.post(f"/settings/people/{person.pk}/link/")
    link = page.context["link"]
    client.logout()
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    password = {"new_password1": "a quiet green river", "new_password2": "a quiet green river"}
    assert client.post(address, password).status_code == 302
    person.refresh_from_db()
    assert person.check_password("a quiet green river")
    assert not client.get(link).context["validlink"]
