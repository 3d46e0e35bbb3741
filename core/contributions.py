"""What an app shows on other apps' pages: a typed registry that upstream pages render."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar


@dataclass(frozen=True)
class Section:
    """A fold inside a group of the left navigation, for groups of more entries than one sees at a glance."""

    group: str
    key: str
    label: Any
    order: int = 50


@dataclass(frozen=True)
class Navigation:
    """One entry of the left navigation. ``group`` is one of NAVIGATION_GROUPS, ``section`` the key of a Section of it.

    ``query`` narrows the list that the entry opens ("kind=customer").
    """

    group: str
    label: Any
    url_name: str
    permission: str
    icon: str = ""
    order: int = 50
    section: str = ""
    query: str = ""


@dataclass(frozen=True)
class Panel:
    """A block on another app's page: ``context(object, user)`` feeds ``template`` in ``budget`` statements.

    ``is_notice``: it stands above the document, without a card (alerts; nothing when there is nothing to say).
    """

    page: str
    key: str
    title: Any
    permission: str
    template: str
    context: Callable[[Any, Any], dict[str, Any]]
    order: int = 50
    budget: int = 5
    is_notice: bool = False


@dataclass(frozen=True)
class RelatedDocuments:
    """A smart button on a document page: how many related documents there are and where their list is.

    ``count(object, user)`` -> int; ``url(object)`` -> str.
    """

    page: str
    key: str
    label: Any
    permission: str
    count: Callable[[Any, Any], int]
    url: Callable[[Any], str]
    icon: str = "file"
    order: int = 50


@dataclass(frozen=True)
class RowBadges:
    """Extra facts for the rows of another app's list: ``values(ids, user)`` -> {id: text or (text, colour)}."""

    page: str
    key: str
    label: Any
    permission: str
    values: Callable[[Sequence[int], Any], dict[int, Any]]
    order: int = 50


@dataclass(frozen=True)
class Hit:
    """One finding of a search."""

    title: str
    url: str
    subtitle: str = ""
    icon: str = "file"
    exact: bool = False


@dataclass(frozen=True)
class SearchSource:
    """A kind of thing the global search finds: ``search(text, user, limit)`` -> hits, best first."""

    key: str
    label: Any
    permission: str
    search: Callable[[str, Any, int], Sequence[Hit]]
    order: int = 50


@dataclass(frozen=True)
class Kpi:
    """A figure on the dashboard with the list behind it: ``value(user)`` -> Decimal, int, the rows to count or a sum.

    ``kind`` is amount, quantity, count or percent. Querysets and sums of all figures are asked in one statement.
    """

    key: str
    label: Any
    permission: str
    value: Callable[[Any], Any]
    url: Callable[[], str]
    kind: str = "count"
    group: str = "sales"
    order: int = 50


@dataclass(frozen=True)
class Chart:
    """A picture on the dashboard: ``option(user)`` -> an ECharts option (plain JSON)."""

    key: str
    title: Any
    permission: str
    option: Callable[[Any], dict[str, Any]]
    url: Callable[[], str]
    group: str = "sales"
    order: int = 50


@dataclass(frozen=True)
class Work:
    """One thing waiting for somebody."""

    title: str
    url: str
    subtitle: str = ""
    due: Any = None
    overdue: bool = False


@dataclass(frozen=True)
class WorkItems:
    """A queue of My work: ``items(user, limit)`` shows its first, ``url`` is the list behind it.

    ``waiting(user)`` is what waits, as a queryset (those of all queues are counted in one statement) or as a number.
    ``step`` (1..8 of the main flow, 0 for none) puts the count on the flow map.
    """

    key: str
    label: Any
    permission: str
    waiting: Callable[[Any], Any]
    items: Callable[[Any, int], Sequence[Work]]
    url: Callable[[], str]
    step: int = 0
    order: int = 50


@dataclass(frozen=True)
class Fact:
    """One line of the table Who writes which fact."""

    fact: Any
    app: str
    step: int = 0


@dataclass(frozen=True)
class ImportTarget:
    """A kind of row that can be imported: columns, and the operation each row is given to.

    ``columns`` are core.exchange Column objects; ``service`` gets ``arguments(row, user)`` by `perform`.
    """

    key: str
    label: Any
    permission: str
    columns: Sequence[Any]
    service: Callable[..., Any]
    arguments: Callable[[dict[str, Any], Any], dict[str, Any]]
    group: Callable[[dict[str, Any]], Any] | None = None
    order: int = 50


@dataclass(frozen=True)
class Approvable:
    """A kind of document that may need approval: its facts for policies and the content the approval is bound to.

    ``facts(document)`` -> {"amount": Decimal in base currency, "margin": percent or None, ...};
    ``content(document)`` -> JSON-able canonical content (header fields and lines that matter);
    ``when_approved(document, actor=, at=)`` does what waited for the last approval that was missing.
    """

    label: str
    name: Any
    permission: str
    facts: Callable[[Any], dict[str, Any]]
    content: Callable[[Any], Any]
    url: Callable[[Any], str]
    fact_names: dict[str, Any] = field(default_factory=dict)
    when_approved: Callable[..., None] | None = None


C = TypeVar("C")
_registry: dict[type, dict[Any, Any]] = {}


def contribute(*contributions: Any) -> None:
    """Register contributions; a second one of the same kind and key is a defect.

    Raises:
        RuntimeError: the key is taken.
    """
    for one in contributions:
        kind = _registry.setdefault(type(one), {})
        key = _key_of(one)
        if key in kind and kind[key] is not one:
            raise RuntimeError(f"{type(one).__name__} {key} is contributed twice")
        kind[key] = one


def _key_of(one: Any) -> Any:
    if isinstance(one, Navigation):
        return (one.group, one.url_name, one.query)
    if isinstance(one, Section):
        return (one.group, one.key)
    if isinstance(one, Approvable):
        return one.label
    if isinstance(one, Fact):
        return str(one.fact)
    return (getattr(one, "page", ""), one.key)


def contributions(kind: type[C], *, page: str | None = None, user: Any = None) -> list[C]:
    """Return the contributions of ``kind`` (for one page; those ``user`` has the right to) in their order."""
    found: Iterable[Any] = _registry.get(kind, {}).values()
    if page is not None:
        found = (one for one in found if one.page == page)
    if user is not None:
        found = (one for one in found if not getattr(one, "permission", "") or user.has_perm(one.permission))
    return sorted(found, key=lambda one: getattr(one, "order", 50))


def registered() -> dict[type, list[Any]]:
    """Return everything that is registered, by kind."""
    return {kind: list(rows.values()) for kind, rows in _registry.items()}


def approvable(label: str) -> Approvable:
    """Return the approvable kind of document registered under ``app.model``."""
    return _registry[Approvable][label]


NAVIGATION_GROUPS = (
    "work",
    "sales",
    "service",
    "planning",
    "production",
    "quality",
    "warehouse",
    "purchasing",
    "finance",
    "masterdata",
    "settings",
    "help",
)
