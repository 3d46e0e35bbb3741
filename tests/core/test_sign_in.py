"""Signing in: the second factor with its recovery codes, the lock after wrong passwords."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse

from tests.factories.core import make_company, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _clock():
    """It stands still: a code that is read and typed on a slow machine is not of the half minute before."""
    with time_machine.travel(time.time(), tick=False):
        yield


@pytest.fixture
def person():
    make_company()
    return make_user("lily", language="zh-hans")


def sign_in(client, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": "lily", "password": password})


def open_setup(client):
    """The page with the picture for the telephone; the password is asked once more before."""
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert 'class="card"' in client.get(asked.url).content.decode()
    return client.post(asked.url, {"password": PASSWORD}, follow=True)


def code_of(secret: str) -> str:
    """What the person's telephone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_second_factor_is_set_up_used_and_recovered_from(client, person):
    assert sign_in(client).status_code == 302
    words = client.get(reverse("mfa_index")).content.decode()
    assert "验证器" in words
    page = open_setup(client)
    form = page.context["form"]
    assert 'class="card"' in page.content.decode()
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.context["form"].errors["code"]
    assert client.post(reverse("mfa_activate_totp"), {"code": code_of(form.secret)}).status_code == 302
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    shown = client.get(reverse("mfa_view_recovery_codes"))
    codes = shown.context["unused_codes"]
    assert len(codes) == 10
    assert codes[0] in shown.content.decode()

    for second_factor in (lambda: codes[0], lambda: codes[1]):
        client.logout()
        assert sign_in(client).url.startswith(reverse("mfa_authenticate"))
        assert client.get("/my-work/").status_code == 302
        asked = client.get(reverse("mfa_authenticate"))
        assert "双因素身份认证" in asked.content.decode()
        refused = client.post(reverse("mfa_authenticate"), {"code": "nonsense"})
        assert refused.context["form"].errors["code"]
        assert client.post(reverse("mfa_authenticate"), {"code": second_factor()}).status_code == 302
        assert client.get("/my-work/").status_code == 200
    client.logout()
    sign_in(client)
    used = client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert used.context["form"].errors["code"]


def test_the_code_of_the_telephone_signs_in(client, person):
    sign_in(client)
    secret = open_setup(client).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    client.logout()
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert client.get("/my-work/").status_code == 200


def test_five_wrong_passwords_lock_the_door_for_this_person(client, person):
    make_user("other")
    answers = [sign_in(client, "wrong").status_code for _attempt in range(5)]
    assert answers[:4] == [200] * 4
    assert answers[4] == 429
    locked = sign_in(client)
    assert locked.status_code == 429
    assert client.get("/my-work/").status_code == 302
    let_in = client.post(reverse("account_login"), {"login": "other", "password": PASSWORD})
    assert let_in.status_code == 302
