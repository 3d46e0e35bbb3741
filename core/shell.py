"""The left navigation: what the apps contributed, cut down to what the user may open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import NAVIGATION_GROUPS, Navigation, Section, contributions

GROUPS = {
    "work": (_("My work"), "checkbox"),
    "sales": (_("Sales"), "shopping-cart"),
    "service": (_("Service"), "headset"),
    "planning": (_("Planning"), "calendar-stats"),
    "production": (_("Production"), "tool"),
    "quality": (_("Quality"), "rosette-discount-check"),
    "warehouse": (_("Warehouse"), "building-warehouse"),
    "purchasing": (_("Purchasing"), "truck-delivery"),
    "finance": (_("Finance"), "coin"),
    "masterdata": (_("Master data"), "database"),
    "settings": (_("Settings"), "settings"),
    "help": (_("Help"), "help"),
}
BESIDE = 3
"""Parts that two addresses of one area share: nothing before the first slash, the app, the kind of page."""


@dataclass(frozen=True)
class _Entry:
    shown: Navigation
    path: str

    def fit(self, path: str, asked: Mapping[str, str]) -> tuple[int, int]:
        """How well a page's address fits: (length of the path they share, parts of the query); none is (0, 0)."""
        if not path.startswith(self.path):
            return (0, 0)
        narrowed = parse_qsl(self.shown.query)
        if any(asked.get(name) not in {value, None} for name, value in narrowed):
            return (0, 0)
        return (len(self.path), sum(name in asked for name, _value in narrowed))

    def nearness(self, path: str) -> int:
        """How many parts of its address a page shares with the entry; a page beside it shares all but the last."""
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(self.path.split("/"), path.split("/"), strict=False))
        return sum(1 for _pair in pairs)


def address_of(entry: Navigation) -> str:
    """Return the address that the entry opens."""
    return reverse(entry.url_name) + (f"?{entry.query}" if entry.query else "")


def navigation_for(user: Any, path: str, asked: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the navigation groups of ``user``; the entry whose address fits ``path`` and the query best is active.

    A group has ``children``: entries, and sections with ``children`` of their own.
    """
    entries = [_Entry(entry, reverse(entry.url_name)) for entry in contributions(Navigation, user=user)]
    fits = [(entry.fit(path, asked or {}), entry) for entry in entries]
    best = max((fit for fit, _entry in fits), default=(0, 0))
    active = next((entry for fit, entry in fits if fit == best and fit[0]), None) or _entry_beside(entries, path)
    area = active.shown.group if active else _area_beside(entries, path)
    return [group for code in NAVIGATION_GROUPS if (group := _group(code, entries, active, code == area))]


def stands_under(request: HttpRequest, document: Any, names: Sequence[str]) -> str:
    """Tell the navigation under which narrowed entry a page stands; return the query of its list."""
    request.shown_under = {name: str(getattr(document, name)) for name in names}  # type: ignore[attr-defined]
    return f"?{urlencode(request.shown_under)}" if names else ""  # type: ignore[attr-defined]


def active_child(navigation: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the entry that stands for the page, if one does."""
    children = (child for group in navigation for child in group["children"])
    leaves = (leaf for child in children for leaf in child.get("children", (child,)))
    return next((leaf for leaf in leaves if leaf["active"]), None)


def _entry_beside(entries: list[_Entry], path: str) -> _Entry | None:
    """Return the one entry beside which a page without an entry of its own stands; None when there are several."""
    near = max((entry.nearness(path) for entry in entries), default=0)
    found = [entry for entry in entries if entry.nearness(path) == near >= BESIDE]
    return found[0] if len(found) == 1 else None


def _area_beside(entries: list[_Entry], path: str) -> str:
    """Return the group of the entry beside which a page without an entry of its own stands, if there is one."""
    nearest = max(entries, key=lambda entry: entry.nearness(path), default=None)
    return nearest.shown.group if nearest and nearest.nearness(path) >= BESIDE else ""


def _group(code: str, entries: list[_Entry], active: _Entry | None, is_open: bool) -> dict[str, Any] | None:
    own = [entry for entry in entries if entry.shown.group == code]
    if not own:
        return None
    children = [_child(entry, active) for entry in own if not entry.shown.section]
    for section in contributions(Section):
        inside = [entry for entry in own if section.group == code and entry.shown.section == section.key]
        if inside:
            rows = [_child(entry, active) for entry in inside]
            fold = {"label": section.label, "children": rows, "active": active in inside, "order": section.order}
            children.append(fold)
    children.sort(key=lambda child: child["order"])
    label, icon = GROUPS[code]
    return {
        "code": code,
        "label": label,
        "icon": icon,
        "url": address_of(own[0].shown),
        "active": is_open,
        "children": children,
    }


def _child(entry: _Entry, active: _Entry | None) -> dict[str, Any]:
    shown = entry.shown
    return {
        "label": shown.label,
        "url": address_of(shown),
        "icon": shown.icon,
        "order": shown.order,
        "active": entry is active,
    }
