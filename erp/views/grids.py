"""Form pages with several grids of lines."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from core.views.base import FormPage


class GridSet:
    """The grids of one form by prefix, valid together."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[Any]:
        return iter(self.parts.values())

    def __getitem__(self, prefix: str) -> Any:
        return self.parts[prefix]

    def is_valid(self) -> bool:
        verdicts = [one.is_valid() for one in self]  # every grid is checked and keeps its errors
        return all(verdicts)


class GridsFormPage(FormPage):
    """A form over several grids: ``grids`` are (prefix, title, formset class); the template loops over ``formset``."""

    template_name = "erp/engineering/form.html"
    grids: ClassVar[Sequence[tuple[str, Any, Any]]] = ()
    grid_set: ClassVar[type[GridSet]] = GridSet

    def grid_initial(self, prefix: str) -> list[dict[str, Any]]:
        """Return the rows that stand in a grid at first."""
        return []

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form = self.form_class(data, files, initial=None if data else self.get_initial(), **self.form_kwargs())
        parts = {}
        for prefix, title, formset_class in self.grids:
            initial = None if data else self.grid_initial(prefix)
            own = _with_rows(data, prefix) if data else None
            parts[prefix] = formset_class(own, initial=initial, prefix=prefix, user=self.request.user)
            parts[prefix].title = title
        return form, self.grid_set(parts)


def _with_rows(data: Any, prefix: str) -> Any:
    """Return posted data in which a grid that was not posted has no rows."""
    if f"{prefix}-TOTAL_FORMS" in data:
        return data
    more = data.copy()
    more.update({f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"})
    return more
