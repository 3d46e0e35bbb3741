"""Bring the tables and the roles up to date; an empty database gets its tables in a fraction of the usual time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.state import ModelState, ProjectState


class Command(BaseCommand):
    """Migrations, then roles.

    On an empty database Django would, at each operation, render again every model that is related to the one touched,
    and all of ours are related through the user: quadratic, minutes of processor time for 300 models. A new model
    changes none of the rendered ones, an index or constraint nothing but its own model's options, a changed field or
    option nothing but its own model: so rendering the one alone, or noting the options in it, is enough to make tables.
    Steps in Python get all models rendered afresh.
    """

    help = "Brings tables and roles up to date: the one command of a first start and of every upgrade."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.introspection.table_names():
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
        else:
            with rendering_less():
                call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("sync_roles", quiet=True)


@contextmanager
def rendering_less() -> Iterator[None]:
    """ProjectState with the methods below in place of Django's own; private API, watched by a test."""
    ours = {"add_model": add_model, "_append_option": append_option, "_find_reload_model": only_itself}
    ordinary = {name: getattr(ProjectState, name) for name in ours}
    try:
        for name, method in ours.items():
            setattr(ProjectState, name, method)
        yield
    finally:
        for name, method in ordinary.items():
            setattr(ProjectState, name, method)


def add_model(self: Any, model_state: ModelState) -> None:
    """ProjectState.add_model of Django 5.2, but for its last line, which reloads all related models."""
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:
        self.apps.render_multiple([model_state])


def append_option(self: Any, app_label: str, model_name: str, option_name: str, value: Any) -> None:
    """ProjectState._append_option of Django 5.2 (indexes and constraints) without its reload of all related models."""
    model_state = self.models[app_label, model_name]
    model_state.options[option_name] = [*model_state.options.get(option_name, []), value]
    if "apps" in self.__dict__:
        setattr(self.apps.get_model(app_label, model_name)._meta, option_name, list(model_state.options[option_name]))


def only_itself(self: Any, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """ProjectState._find_reload_model of Django 5.2 without the related models.

    They are marked as behind: a migration's Python step has them rendered afresh before it begins.
    """
    self.is_delayed = True
    return {(app_label, model_name.lower())}
