"""Pegging as pictures: a tree, and a sankey in which each band is as wide as what hangs on it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.formats import readable
from erp.selectors.peg_uses import UseNode
from erp.selectors.pegging import PegNode

LATE, ON_TIME, MISSING = "#d63939", "#2fb344", "#f59f00"
DRAWN = 250
"""Nodes of a picture; a longer tree is cut, the table shows more."""

SIZES = ((4, "md"), (8, "lg"), (14, "xl"), (30, "x2"), (60, "x4"))
"""Leaves that find room in a picture of this size; more take the largest."""

WIDTHS = ((2, "w2"), (3, "w3"), (4, "w4"), (6, "w6"))
"""Levels below the root that find room beside each other in a picture of this width; more take the largest."""

ROOM = 190
"""Pixels for the words of one level."""

LABEL = {"verticalAlign": "middle", "width": ROOM - 30, "overflow": "break", "lineHeight": 15}

THOUSAND = 1000
"""Bands are whole numbers: thousandths of the root's unit."""

Node = PegNode | UseNode


def text_of(node: Node) -> str:
    """Return what kind of source or target a node is, with its number."""
    if isinstance(node, PegNode):
        texts = {
            "reserved": _("Reserved stock"),
            "promised": _("Kept for it"),
            "stock": _("Stock"),
            "planned": _("Planned order"),
            "passed": _("No order of its own"),
            "output": _("By-product"),
            "substitute": _("Only a substitute"),
            "none": _("Not covered"),
        }
        return texts.get(node.source) or f"{node.kind} {node.number}".strip()
    texts = {
        "planned": _("Planned order") + f" {node.kind}",
        "passed": _("No order of its own") + f" {node.kind}",
        "stock": _("Nobody"),
    }
    return texts.get(node.target) or f"{node.kind} {node.number} {node.partner}".strip()


def reason_of(node: Node) -> str:
    """Return how late a node is and why, empty when it is in time (or nobody knows why)."""
    if not isinstance(node, PegNode) or not node.is_late:
        return ""
    whys = {
        "parts": f"{_('waits for')} {node.why_item.code if node.why_item else ''}",
        "lead_time": _("too little time"),
        "late_supply": _("expected late"),
        "overdue": _("the day has passed"),
    }
    late = ngettext("%(days)s day late", "%(days)s days late", node.days_late) % {"days": node.days_late}
    return " ".join(text for text in (late if node.days_late else "", whys.get(node.why, "")) if text)


def _colour(node: Node) -> str:
    if isinstance(node, PegNode):
        if node.source in {"none", "substitute"}:
            return MISSING
        return LATE if node.is_late else ON_TIME
    if node.target == "stock":
        return MISSING
    return LATE if node.is_late or node.days_late else ON_TIME


def tree_option(title: str, roots: Sequence[Node]) -> dict[str, Any]:
    """Return an ECharts tree, from left to right; what is late says why."""
    left = [DRAWN]

    def drawn(node: Node) -> dict[str, Any]:
        left[0] -= 1
        return {
            "name": "\n".join(
                text for text in (f"{node.item.code} {readable(node.quantity)}", text_of(node), reason_of(node)) if text
            ),
            "itemStyle": {"color": _colour(node)},
            "children": [drawn(child) for child in node.children if left[0] > 0],
        }

    children = [drawn(root) for root in roots if left[0] > 0]
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "tree",
                "data": [{"name": title, "children": children}],
                "left": ROOM,
                "right": ROOM,
                "top": "2%",
                "bottom": "2%",
                "symbolSize": 9,
                "initialTreeDepth": -1,
                "label": LABEL | {"position": "left", "align": "right"},
                "leaves": {"label": LABEL | {"position": "right", "align": "left"}},
            }
        ],
    }


def tree_size(option: dict[str, Any]) -> str:
    """Return the size of picture in which the leaves of a tree do not touch each other."""
    leaves = _leaves(option["series"][0]["data"][0])
    return next((size for most, size in SIZES if leaves <= most), "x8")


def tree_width(option: dict[str, Any]) -> str:
    """Return the width of picture in which the levels of a tree do not run into each other."""
    levels = _levels(option["series"][0]["data"][0])
    return next((width for most, width in WIDTHS if levels <= most), "w8")


def _levels(node: dict[str, Any]) -> int:
    return max((1 + _levels(child) for child in node["children"]), default=0)


def _leaves(node: dict[str, Any]) -> int:
    return sum(_leaves(child) for child in node["children"]) or 1


def sankey_option(title: str, roots: Sequence[Node]) -> dict[str, Any]:
    """Return an ECharts sankey: the root on the left, each band as wide as what of the root hangs on it."""
    colours: dict[str, str] = {title: ON_TIME}
    bands: dict[tuple[str, str], Decimal] = {}
    left = [DRAWN]

    def draw(parent: str, node: Node, above: frozenset[str]) -> None:
        left[0] -= 1
        name = f"{node.item.code} · {text_of(node)}"
        if name in above or not node.depends or left[0] < 0:
            return
        if colours.get(name) != LATE:
            colours[name] = _colour(node)
        bands[parent, name] = bands.get((parent, name), Decimal(0)) + node.depends
        for child in node.children:
            draw(name, child, above | {name})

    for root in roots:
        draw(title, root, frozenset({title}))
    return {
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "series": [
            {
                "type": "sankey",
                "nodeAlign": "left",
                "emphasis": {"focus": "adjacency"},
                "data": [{"name": name, "itemStyle": {"color": colour}} for name, colour in colours.items()],
                "links": [
                    {"source": source, "target": target, "value": int(value * THOUSAND)}
                    for (source, target), value in bands.items()
                ],
            }
        ],
    }
