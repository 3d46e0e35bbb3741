"""The orders of a plan as columns, taken out of the kernel's records in one pass."""

from typing import NamedTuple

from erp.engines.mrp.compiled.layout import MARKS, MORE, WIDTH, Array, Made, Records, lean


class OrderColumns(NamedTuple):
    """Of `ArrayPlan`, what each order says of itself."""

    due: Array
    start: Array
    need: Array
    finish: Array
    quantity: Array
    sequence: Array
    flags: Array
    group: Array
    more: Array


@lean
def take_apart(made: Made, seats: Records, into: OrderColumns, own: tuple[int, int, int]) -> None:
    """Fill in the columns; ``own``: from which order to which, how many receipts come before them."""
    begin, end, receipts = own
    for number in range(begin, end):
        order, pull = made.orders[number], made.pulls[number]
        into.due[number], into.start[number], into.need[number] = order.due, pull.start, order.need
        into.finish[number] = seats[receipts + number].finish
        into.quantity[number], into.sequence[number] = pull.quantity, order.sequence
        into.flags[number], into.group[number] = order.marks & MARKS, order.group
        into.more[number] = made.goals[(receipts + number) * WIDTH + MORE] == 1
