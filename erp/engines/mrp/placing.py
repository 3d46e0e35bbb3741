"""Where a planned order lies in time."""

from erp.engines.mrp.problem import Order, Problem


def place(problem: Problem, item: int, day: int, quantity: int) -> Order:
    """Return an order for what is missed on ``day``: due the working day on or before, released its lead time before.

    One that would be released inside the item's fence is moved to the fence's end.
    """
    own, calendar = problem.items[item], problem.calendar
    due = calendar.on_or_before(day)
    start = calendar.earlier(due, own.lead_days)
    fence = problem.today + own.fence_days
    is_fenced = own.fence_days > 0 and start < fence
    if is_fenced:
        start = calendar.on_or_after(fence)
        due = calendar.later(start, own.lead_days)
    return Order(item, 0, day, due, start, quantity, start < problem.today, False, is_fenced=is_fenced)
