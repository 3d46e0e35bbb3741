import datetime as dt
from decimal import Decimal

import pytest

from masterdata.engines.terms import Instalment, TermLine, due_date, instalments


def test_instalments_split_exactly_and_wait_for_their_basis():
    lines = [
        TermLine(Decimal(30), "order", 0),
        TermLine(Decimal(60), "shipment", 10),
        TermLine(Decimal(10), "invoice", 90),
    ]
    ordered = dt.date(2026, 11, 22)
    assert instalments(lines, Decimal("100.01"), {"order": ordered}) == [
        Instalment("order", Decimal(30), Decimal("30.00"), ordered),
        Instalment("shipment", Decimal(60), Decimal("60.01"), None),
        Instalment("invoice", Decimal(10), Decimal("10.00"), None),
    ]


@pytest.mark.parametrize(
    ("start", "days", "end_of_month", "wanted"),
    [
        (dt.date(2026, 11, 22), 30, False, dt.date(2026, 12, 22)),
        (dt.date(2026, 11, 22), 30, True, dt.date(2026, 12, 30)),
        (dt.date(2028, 2, 1), 0, True, dt.date(2028, 2, 29)),
    ],
)
def test_due_date(start, days, end_of_month, wanted):
    assert due_date(start, days, end_of_month) == wanted


def test_terms_without_lines_are_a_defect():
    with pytest.raises(ValueError, match="weights"):
        instalments([], Decimal(1), {})
