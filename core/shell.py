"""The left navigation: what the apps contributed, cut down to what the user may open."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import NAVIGATION_GROUPS, Navigation, contributions

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


def navigation_for(user: Any, path: str) -> list[dict[str, Any]]:
    """Return the navigation groups of ``user``; the entry with the longest matching address is active."""
    entries = [(entry, reverse(entry.url_name)) for entry in contributions(Navigation, user=user)]
    best = max((len(url) for _entry, url in entries if path.startswith(url)), default=0)
    groups = []
    for code in NAVIGATION_GROUPS:
        children = [
            {
                "label": entry.label,
                "url": url,
                "icon": entry.icon,
                "active": path.startswith(url) and len(url) == best,
            }
            for entry, url in entries
            if entry.group == code
        ]
        if children:
            label, icon = GROUPS[code]
            groups.append(
                {
                    "code": code,
                    "label": label,
                    "icon": icon,
                    "url": children[0]["url"],
                    "active": any(child["active"] for child in children),
                    "children": children,
                }
            )
    return groups
