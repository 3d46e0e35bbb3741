"""Sharing out free stock: in order of need, in order of stock, within the wanted place."""

from erp.engines.reserving import Free, Need, share_out


def test_the_first_need_is_served_first():
    stock = [Free("shelf", "A", 4, "W1"), Free("rack", "A", 3, "W1")]
    assert share_out([Need(1, "A", 5), Need(2, "A", 5)], stock) == [
        (1, "shelf", 4),
        (1, "rack", 1),
        (2, "rack", 2),
    ]


def test_other_items_and_other_places_do_not_help():
    stock = [Free("a", "B", 9, "W1"), Free("b", "A", 9, "W2")]
    assert share_out([Need(1, "A", 5, "W1")], stock) == []
    assert share_out([Need(1, "A", 5, None)], stock) == [(1, "b", 5)]
