"""The global search: every registered source, exact findings first."""

from dataclasses import dataclass
from typing import Any

from core.contributions import Hit, Navigation, SearchSource, contributions
from core.shell import address_of

PER_SOURCE = 6


@dataclass(frozen=True)
class Group:
    """The findings of one source."""

    label: Any
    hits: list[Hit]


def search(text: str, user: Any) -> list[Group]:
    """Return the findings of all sources the user has the right to; each source answers at most PER_SOURCE."""
    text = text.strip()
    if not text:
        return []
    groups = []
    for source in contributions(SearchSource, user=user):
        hits = list(source.search(text, user, PER_SOURCE))
        if hits:
            groups.append(Group(source.label, hits))
    groups.sort(key=lambda group: not any(hit.exact for hit in group.hits))
    return groups


def pages(text: str, user: Any) -> list[Hit]:
    """Return the pages of the navigation whose name contains ``text``."""
    wanted = text.strip().lower()
    return [
        Hit(str(entry.label), address_of(entry), icon="layout-list")
        for entry in contributions(Navigation, user=user)
        if wanted and wanted in str(entry.label).lower()
    ][:PER_SOURCE]


def single(groups: list[Group]) -> Hit | None:
    """Return the one exact finding (a scanned barcode, a full number), if there is exactly one."""
    exact = [hit for group in groups for hit in group.hits if hit.exact]
    return exact[0] if len(exact) == 1 else None
