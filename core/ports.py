"""Questions that an upstream app asks and a downstream app answers."""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Port(Generic[P, R]):
    """A typed question, declared once in the most upstream app that asks it.

    ``unit_costs: Port[..., dict[int, Decimal]] = Port("crm.unit_costs")``; the provider binds its function in
    ``AppConfig.ready()``: ``crm.ports.unit_costs.provide(providers.unit_costs)``. Asking is calling.
    """

    def __init__(self, name: str, doc: str = "") -> None:
        self.name = name
        self.__doc__ = doc
        self._provider: Callable[P, R] | None = None

    @property
    def provider(self) -> Callable[P, R] | None:
        """The function that answers, if one is bound."""
        return self._provider

    def provide(self, provider: Callable[P, R]) -> None:
        """Bind the one provider.

        Raises:
            RuntimeError: another function already answers this port.
        """
        if self._provider is not None and self._provider is not provider:
            raise RuntimeError(f"port {self.name} is already provided by {self._provider}")
        self._provider = provider

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask.

        Raises:
            RuntimeError: no app answers this question.
        """
        if self._provider is None:
            raise RuntimeError(f"nobody provides port {self.name}")
        return self._provider(*args, **kwargs)
