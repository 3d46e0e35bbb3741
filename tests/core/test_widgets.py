"""The picker keeps what was typed and never takes a code for a key."""

import pytest
from django import forms
from django.contrib.auth.models import Group

from core.widgets import Picker, show_choice


class Choosing(forms.Form):
    group = forms.ModelChoiceField(Group.objects.all(), widget=Picker("/search/"))


@pytest.fixture
def group(db):
    return Group.objects.create(name="Buyers")


def test_chosen_record(group):
    form = Choosing({"group": str(group.pk), "group-text": "Buyers"})
    assert form.is_valid()
    assert form.cleaned_data["group"] == group


def test_code_that_looks_like_a_key_is_no_key(group):
    form = Choosing({"group": "", "group-text": str(group.pk)})
    assert not form.is_valid()
    html = str(form["group"])
    assert f'value="{group.pk}"' in html  # kept in the text
    assert 'name="group" value=""' in html  # and nothing is chosen


def test_left_empty(group):
    form = Choosing({"group": "", "group-text": "  "})
    assert form.errors.as_data()["group"][0].code == "required"


def test_present_choice_is_shown_without_a_query(group, django_assert_num_queries):
    form = Choosing(initial={"group": group.pk})
    show_choice(form, "group", group)
    with django_assert_num_queries(0):
        html = str(form["group"])
    assert 'value="Buyers"' in html
    assert f'name="group" value="{group.pk}"' in html


def test_typed_text_is_escaped(group):
    form = Choosing({"group": "", "group-text": '"><script>'})
    assert "<script>" not in str(form["group"])
