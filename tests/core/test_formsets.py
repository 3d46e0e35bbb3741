"""Grids whose page lies about its rows."""

import pytest
from django import forms

from core.formsets import Rows


class Line(forms.Form):
    item = forms.CharField()
    done = forms.BooleanField(required=False)


Lines = forms.formset_factory(Line, formset=Rows, extra=0, can_delete=True, max_num=2000)


def grid(total, initial="0", sent=2):
    data = {"lines-TOTAL_FORMS": total, "lines-INITIAL_FORMS": initial}
    data |= {f"lines-{row}-item": f"thing {row}" for row in range(sent)}
    return Lines({name: value for name, value in data.items() if value is not None}, prefix="lines")


@pytest.mark.parametrize(
    ("total", "initial", "says"),
    [
        (None, "0", "did not arrive completely"),
        ("x", "0", "did not arrive completely"),
        ("-1", "0", "did not arrive completely"),
        ("1500", "0", "did not arrive completely"),
        ("1000000000", "1000000000", "at most 2000 lines"),
        ("9" * 40, "0", "at most 2000 lines"),
    ],
)
def test_a_number_of_rows_that_is_none_is_a_sentence_beside_the_rows_that_were_sent(total, initial, says):
    formset = grid(total, initial)
    assert not formset.is_valid()
    assert says in str(formset.non_form_errors())
    assert [form["item"].value() for form in formset.forms] == ["thing 0", "thing 1"]


def test_rows_that_send_nothing_stand():
    """A row of a single box that nobody ticked is not sent; the page counted it all the same."""
    formset = grid("5")
    assert formset.is_valid()
    assert len(formset.forms) == 5


def test_more_stored_rows_than_rows_are_all_rows():
    formset = grid("2", initial="50")
    assert formset.is_valid()
    assert len(formset.initial_forms) == 2
