"""Extraction and checking of translations."""

import pytest
from babel.messages.pofile import read_po
from django.core.management import CommandError, call_command

from core.management.commands import messages


@pytest.fixture
def program(tmp_path, settings):
    """A program of three files, and an empty folder for catalogues."""
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm/errors.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext\n"
        "EMPTY = _('Order %(number)s has no lines.')\n"
        "def count(n):\n    return ngettext('%(n)s order', '%(n)s orders', n)\n"
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(
        """{% extends "base.html" %}{% block x %}
        <c-button label="{% translate 'Confirm' %}" title="{% translate 'Order' context 'document' %}">
        {% blocktranslate trimmed with name=user.name %}
          Good morning,
          {{ name }}
        {% endblocktranslate %}</c-button>{{ _("Late") }}{% endblock %}"""
    )
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    return tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"


CHINESE = {
    "Order %(number)s has no lines.": "订单 %(number)s 没有明细。",
    "%(n)s order": ("%(n)s 个订单",),
    "Confirm": "确认",
    "Order": "订单",
    "Good morning, %(name)s": "早上好，%(name)s",
    "Late": "逾期",
}


def translate(path, **changes):
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    for message in catalogue:
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            message.string = (CHINESE | changes).get(key, "")
    messages.write(path, catalogue)


def complaints(capsys):
    with pytest.raises(CommandError):
        call_command("messages", "check")
    return capsys.readouterr().out


def test_words_of_code_and_templates_are_found_once(program):
    call_command("messages", "extract")

    with program.open("rb") as file:
        found = {message.id: message for message in read_po(file, locale="zh_Hans") if message.id}
    assert {key[0] if isinstance(key, tuple) else key for key in found} == set(CHINESE)
    assert found["Order"].context == "document"
    assert "python-format" in found["Good morning, %(name)s"].flags


def test_a_complete_catalogue_passes_and_is_used(program):
    call_command("messages", "extract")
    translate(program)

    call_command("messages", "check")
    call_command("messages", "compile")

    import gettext

    with program.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Confirm") == "确认"
    assert compiled.pgettext("document", "Order") == "订单"
    assert compiled.ngettext("%(n)s order", "%(n)s orders", 3) == "%(n)s 个订单"


def test_extracting_again_keeps_translations_and_changes_nothing(program):
    call_command("messages", "extract")
    translate(program)
    before = program.read_bytes()

    call_command("messages", "extract")

    assert program.read_bytes() == before


def test_a_new_word_and_one_not_used_any_more_are_named(program, capsys):
    call_command("messages", "extract")
    translate(program)
    page = program.parents[3] / "templates/page.html"
    page.write_text(page.read_text().replace("Confirm", "Release"))

    out = complaints(capsys)

    assert "missing: 'Release'" in out
    assert "not used any more: 'Confirm'" in out


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"Late": ""}, "not translated: 'Late'"),
        ({"Order %(number)s has no lines.": "订单没有明细 %(nummer)s"}, "Order %(number)s has no lines."),
        ({"%(n)s order": ("",)}, "not translated"),
    ],
)
def test_what_is_missing_or_has_other_placeholders_is_named(program, capsys, changes, complaint):
    call_command("messages", "extract")
    translate(program, **changes)

    assert complaint in complaints(capsys)


def test_an_uncertain_translation_is_not_one(program, capsys):
    call_command("messages", "extract")
    translate(program)
    text = program.read_text()
    program.write_text(text.replace('msgid "Late"', '#, fuzzy\nmsgid "Late"'))

    assert "uncertain: 'Late'" in complaints(capsys)


def test_english_needs_no_catalogue():
    assert [locale for _, locale in messages.catalogues()] == ["zh_Hans"]
