"""Templates keep to the content security policy, say what they are, and translate every word."""

import re

import pytest

from tests.databases import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "cotton").glob("*.html"))
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>"),
    "inline style": re.compile(r"<style\b|\sstyle=[\"']"),
    "event attribute": re.compile(r"\son[a-z]+=[\"']|\shx-on"),
    "evaluated htmx value": re.compile(r"hx-(?:vals|vars|headers)=[\"']js:|hx-trigger=[\"'][^\"']*\["),
    "foreign address": re.compile(r"(?:src|href)=[\"']https?://"),
}
OPENING = re.compile(r"\{% comment %\}")
PIECES = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
SPOKEN = re.compile(
    r"\s(?:aria-label|placeholder|title|label|text|alt|subtitle|action|hint)=\"([^\"{]*[A-Za-z]{2}[^\"{]*)\""
)
WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
SAME = {"Ctrl", "Alt", "Enter", "Esc", "XLSX", "CSV", "PDF"}  # the same in every language
CLASSES = re.compile(r"\{% block (?:body_class|bare_class|error_icon) %\}[\w -]*\{% endblock %\}")


def without_comments(text: str) -> str:
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{% blocktrans.*?%\}.*?\{% endblocktrans\w* %\}", "", text, flags=re.DOTALL)


def untranslated(text: str) -> list[str]:
    """Return the words of a template that stand outside of any translation."""
    text = CLASSES.sub("", without_comments(text))
    loose = [piece.strip() for piece in PIECES.split(text)]
    found = [piece for piece in loose if (words := WORD.findall(piece)) and not set(words) <= SAME]
    plain = re.sub(r"\{[{%].*?[%}]\}", "{}", text)
    spoken = [match.group(1) for match in SPOKEN.finditer(plain) if "/" not in match.group(1)]
    return found + [words for words in spoken if not set(WORD.findall(words)) <= SAME]


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_templates_keep_to_the_content_security_policy(rule):
    broken = [
        str(path.relative_to(ROOT)) for path in TEMPLATES if FORBIDDEN[rule].search(without_comments(path.read_text()))
    ]
    assert not broken


def test_templates_say_what_they_are():
    assert not [str(path.relative_to(ROOT)) for path in TEMPLATES if not OPENING.search(path.read_text()[:600])]


def test_every_word_is_translated():
    found = {str(path.relative_to(ROOT)): words for path in TEMPLATES if (words := untranslated(path.read_text()))}
    assert not found


@pytest.mark.parametrize("planted", ["<p>Hello</p>", '<a aria-label="Open it"></a>', "<b>客户</b>"])
def test_a_planted_word_is_found(planted):
    assert untranslated(planted)


@pytest.mark.parametrize(
    "fine", ["<p>{% translate 'Hello' %}</p>", "<kbd>Ctrl</kbd>", "{% comment %}Hello{% endcomment %}"]
)
def test_a_translated_word_is_fine(fine):
    assert not untranslated(fine)


def test_components_declare_their_attributes():
    """An attribute without a default would be taken from whatever page the component stands on."""
    for path in COMPONENTS:
        text = without_comments(path.read_text())
        declared = re.search(r"<c-vars\s([^>]*)/>", text)
        assert declared or "{{ slot }}" in text, path.name
        if declared:
            names = re.sub(r"[\w-]+=\"[^\"]*\"", "", declared.group(1)).strip()
            assert not names, f"{path.name}: {names} has no default"


def test_components_are_in_the_recipe():
    recipe = (ROOT / "docs" / "ui.md").read_text()
    assert not [path.name for path in COMPONENTS if f"c-{path.stem.replace('_', '-')}" not in recipe]


def test_vendored_files_carry_their_licence_and_no_source_map():
    readme = (ROOT / "static" / "vendor" / "README.md").read_text()
    for folder in (path for path in (ROOT / "static" / "vendor").iterdir() if path.is_dir()):
        assert f"| {folder.name} |" in readme
        assert any(path.name.upper().startswith("LICEN") for path in folder.iterdir()), folder.name
        for path in folder.rglob("*"):
            if path.suffix in {".js", ".css"}:
                assert "sourceMappingURL=" not in path.read_text(errors="replace"), path


def test_refusals_are_swapped_into_the_page():
    head = (ROOT / "templates" / "core" / "_head.html").read_text()
    rule = re.search(r'"code": "\((403\|404\|409\|422)\)", "swap": true', head)
    assert rule, "htmx ignores 4xx answers unless responseHandling says otherwise"
    assert '"allowEval": false' in head
