"""Translations in pure Python: extract the words of the program, check and compile the catalogues."""

import io
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

APPS = ("config", "core", "masterdata", "crm", "erp", "scm", "finance")
SOURCE_LANGUAGE = "en"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
DATES = ("POT-Creation-Date", "PO-Revision-Date")  # left out: they would change the file at every extraction
WIDTH = 120


class Command(BaseCommand):
    help = "extract: put new words into the catalogues; compile: make the .mo files; check: is every word translated?"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        {"extract": self.extract, "compile": self.compile, "check": self.compare}[action]()

    def extract(self) -> None:
        """Bring every catalogue up to date: new words come in without translation, unused ones go."""
        found = program_catalogue()
        for path, locale in catalogues():
            catalogue = read(path, locale)
            before = len(catalogue)
            catalogue.update(found, no_fuzzy_matching=True)
            catalogue.obsolete.clear()
            write(path, catalogue)
            empty = sum(1 for message in catalogue if message.id and not is_translated(message))
            self.stdout.write(f"{path}: {len(catalogue)} words ({len(catalogue) - before:+d}), {empty} not translated")

    def compile(self) -> None:
        for path, locale in catalogues():
            if not path.exists():
                continue
            compiled = io.BytesIO()
            write_mo(compiled, read(path, locale))
            fresh = path.with_suffix(".mo.new")
            fresh.write_bytes(compiled.getvalue())
            fresh.replace(path.with_suffix(".mo"))

    def compare(self) -> None:
        """Every word of the program in every language, nothing uncertain, nothing left over, placeholders alike."""
        found = program_catalogue()
        faults = [f"{path}: {fault}" for path, locale in catalogues() for fault in faults_of(read(path, locale), found)]
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} words need attention: ./run manage messages extract, then translate.")


def catalogues() -> list[tuple[Path, str]]:
    """The file and locale of each language but the one the program is written in."""
    folder = Path(settings.LOCALE_PATHS[0])
    locales = [to_locale(code) for code, _ in settings.LANGUAGES if code != SOURCE_LANGUAGE]
    return [(folder / locale / "LC_MESSAGES/django.po", locale) for locale in locales]


def program_catalogue() -> Catalog:
    """Every translatable word of the program with the files it stands in."""
    catalogue = Catalog(project="Concord", charset="utf-8")
    root = Path(settings.BASE_DIR)
    for path, message, comments, context in words(root):
        catalogue.add(message, None, [(path, 0)], auto_comments=comments, context=context)
    return catalogue


def words(root: Path) -> Iterator[tuple[str, Any, list[str], str | None]]:
    sources = [path for app in APPS for path in (root / app).rglob("*.py") if "migrations" not in path.parts]
    templates = [path for folder in ("templates", *APPS) for path in (root / folder).rglob("*.html")]
    for path in sorted(sources) + sorted(templates):
        text = path.read_text(encoding="utf-8")
        name = str(path.relative_to(root))
        if path.suffix == ".html":
            text = templatize(text, origin=name)
        source = io.BytesIO(text.encode())
        for _, message, comments, context in extract("python", source, KEYWORDS, ("Translators",)):
            yield name, message, comments, context


def read(path: Path, locale: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=locale, project="Concord", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def write(path: Path, catalogue: Catalog) -> None:
    catalogue.fuzzy = False
    text = io.BytesIO()
    write_po(text, catalogue, width=WIDTH, sort_output=True, ignore_obsolete=True, include_lineno=False)
    lines = text.getvalue().decode().splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = (line for line in lines if not line.startswith(tuple(f'"{date}' for date in DATES)))
    path.write_text("".join(kept), encoding="utf-8")


def is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(strings)


def faults_of(catalogue: Catalog, found: Catalog) -> Iterator[str]:
    for message in found:
        if not message.id:
            continue
        translated = catalogue.get(message.id, message.context)
        if translated is None:
            yield f"missing: {message.id!r} ({message.locations[0][0]})"
        elif translated.fuzzy:
            yield f"uncertain: {message.id!r}"
        elif not is_translated(translated):
            yield f"not translated: {message.id!r} ({message.locations[0][0]})"
        else:
            yield from (f"{fault}: {message.id!r}" for fault in translated.check(catalogue))
    for message in catalogue:
        if message.id and found.get(message.id, message.context) is None:
            yield f"not used any more: {message.id!r}"
