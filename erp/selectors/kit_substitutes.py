"""What may stand in for material lines in a kit check: one item for another, or a whole group for a group."""

from typing import NamedTuple

from django.db import connection

from core.clock import today
from erp.engines import kitting
from erp.selectors.plan_inputs import step_of

SUBSTITUTES = """
SELECT m.id, s.item_id, (s.ratio * 1000000)::bigint, u.decimals, s.rank,
       CASE WHEN l.substitute_group <> '' THEN concat_ws('/', l.bom_id, m.path, l.substitute_group) END
FROM erp_workordermaterial m
JOIN erp_workorder w ON w.id = m.work_order_id AND w.state IN ('released', 'in_progress')
JOIN erp_bomline l ON l.id = m.bom_line_id AND l.component_id = m.item_id
LEFT JOIN erp_bomsubstitute s ON s.bom_line_id = l.id
 AND (s.valid_from IS NULL OR s.valid_from <= greatest(w.start_date, %(today)s))
 AND (s.valid_to IS NULL OR s.valid_to > greatest(w.start_date, %(today)s))
 AND NOT EXISTS (
     SELECT 1 FROM erp_bomline h JOIN erp_bomsubstitute o ON o.bom_line_id = h.id AND o.rank = s.rank
     WHERE l.substitute_group <> '' AND h.bom_id = l.bom_id AND h.substitute_group = l.substitute_group
       AND (o.valid_from > greatest(w.start_date, %(today)s) OR o.valid_to <= greatest(w.start_date, %(today)s)))
LEFT JOIN masterdata_item i ON i.id = s.item_id
LEFT JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
WHERE s.id IS NOT NULL OR l.substitute_group <> ''
ORDER BY m.id, s.rank, s.id
"""


class LineSubstitute(NamedTuple):
    """What may stand in for a material line; item None: nothing may, though it is of a ``group`` replaced together."""

    item: int | None
    ratio: int
    decimals: int
    rank: int
    group: str | None


def substitutes_by_line() -> dict[int, list[LineSubstitute]]:
    """What may stand in for each material line, by rank."""
    found: dict[int, list[LineSubstitute]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SUBSTITUTES, {"today": today()})
        for line_id, *row in cursor.fetchall():
            found.setdefault(line_id, []).append(LineSubstitute(*row))
    return found


def offer_substitutes(line: kitting.Component, place: int, rows: list[LineSubstitute]) -> None:
    """Give a line its substitutes: of its own, or of the group it is replaced with."""
    offered = tuple(
        kitting.Substitute((one.item, place), one.ratio, step_of(one.decimals), one.rank)
        for one in rows
        if one.item is not None
    )
    line.group = rows[0].group
    if line.group is None:
        line.substitutes = offered
    else:
        line.together = offered
