"""House rules of STYLE.md that a machine can hold; each has a sample that breaks it on purpose."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "masterdata", "crm", "erp", "scm", "finance")
HARD = {"module": 500, "function": 60, "template": 150, "asset": 500}
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "constants.py", "managers.py", "mixins.py"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b|coming soon|not implemented", re.IGNORECASE)


def sources(*apps: str) -> Iterator[Path]:
    for app in apps or (*APPS, "config"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and "__pycache__" not in path.parts:
                yield path


def long_functions(tree: ast.Module) -> list[str]:
    return [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > HARD["function"]
    ]


def state_writes(tree: ast.Module) -> list[int]:
    """Lines that store ``.state`` on something else than self, or update(state=…)."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr == "state"]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            found += [node.lineno for word in node.keywords if word.arg == "state"]
    return found


def float_uses(tree: ast.Module) -> list[int]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "FloatField":
            found.append(node.lineno)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            found.append(node.lineno)
    return found


def forbidden_words(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            found.append(node.arg)
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}:
                found.append(name)
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                call = mark.func if isinstance(mark, ast.Call) else mark
                if isinstance(call, ast.Name) and call.id == "receiver":
                    found.append("@receiver")
    return found


def loose_readings(tree: ast.Module) -> list[int]:
    """Lines that tell a key by `isdigit` (true of superscripts), or make a formset that believes any number of rows."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"isdigit", "isnumeric", "BaseFormSet"}:
            found.append(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "formset_factory":
            found += [node.lineno] if all(word.arg != "formset" for word in node.keywords) else []
    return found


def test_modules_keep_their_size():
    long = {f"{p.relative_to(ROOT)}": n for p in sources() if (n := p.read_text().count("\n")) > HARD["module"]}
    assert not long


def test_functions_keep_their_size(trees):
    assert not {str(path.relative_to(ROOT)): rows for path, tree in trees if (rows := long_functions(tree))}


def test_templates_and_assets_keep_their_size():
    long = []
    for path in (ROOT / "templates").rglob("*.html"):
        if path.read_text().count("\n") > HARD["template"]:
            long.append(str(path))
    for path in (ROOT / "static").rglob("*"):
        own = "vendor" not in path.parts and path.suffix in {".css", ".js"}
        if own and path.read_text().count("\n") > HARD["asset"]:
            long.append(str(path))
    assert not long


def test_no_drawer_for_odds_and_ends():
    assert not [path for path in sources() if path.name in FORBIDDEN_NAMES]


def test_state_changes_in_transition_only(trees):
    allowed = {"core/documents.py", "core/exchange/services.py"}  # an import file is no document
    found = {str(p.relative_to(ROOT)): rows for p, tree in trees if (rows := state_writes(tree))}
    assert not {path: rows for path, rows in found.items() if path not in allowed}


def test_no_floats(trees):
    assert not {str(path): rows for path, tree in trees if (rows := float_uses(tree))}


def test_no_model_signals_and_no_clock_columns(trees):
    assert not {str(path): rows for path, tree in trees if (rows := forbidden_words(tree))}


def test_what_is_typed_is_read_by_core(trees):
    """Keys by `core.typed.is_key`, rows of a grid by `core.formsets.Rows`."""
    doors = {"views", "forms", "filters", "views.py", "forms.py", "filters.py"}
    read = {path: tree for path, tree in trees if doors & set(path.relative_to(ROOT).parts)}
    assert not {str(path): rows for path, tree in read.items() if (rows := loose_readings(tree))}


def test_nothing_is_marked_unfinished():
    files = [*sources(), *(ROOT / "templates").rglob("*.html")]
    assert not [str(path) for path in files if UNFINISHED.search(path.read_text())]


def test_core_knows_no_business_app(trees):
    for path, tree in trees:
        if path.relative_to(ROOT).parts[0] != "core":
            continue
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.split(".")[0] in APPS[1:]], path


def test_signals_are_documented_with_their_sender():
    for app in APPS[1:]:
        for path in sorted((ROOT / app).glob("signals*")) + sorted((ROOT / app / "signals").glob("*.py")):
            if not path.is_file():
                continue
            body = ast.parse(path.read_text()).body
            for node, after in zip(body, [*body[1:], None], strict=True):
                if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
                    continue
                if getattr(node.value.func, "id", "") != "DomainSignal":
                    continue
                doc = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
                name = node.targets[0].id
                assert "Sent by" in doc, f"{path}: {name} does not say who sends it"
                for word in node.value.args:
                    assert word.value in doc, f"{path}: {name} does not explain {word.value}"


@pytest.mark.parametrize(
    ("check", "sample"),
    [
        (state_writes, "order.state = 'confirmed'"),
        (state_writes, "Order.objects.update(state='confirmed')"),
        (float_uses, "x = float('1.5')"),
        (float_uses, "price = models.FloatField()"),
        (forbidden_words, "changed = models.DateTimeField(auto_now=True)"),
        (forbidden_words, "post_save.connect(f)"),
        (forbidden_words, "@receiver(x)\ndef f(): pass"),
        (loose_readings, "key = int(text) if text.isdigit() else 0"),
        (loose_readings, "Lines = forms.formset_factory(Line, extra=1)"),
        (loose_readings, "class Lines(forms.BaseFormSet): pass"),
        (long_functions, "def f():\n" + "    x = 1\n" * 60),
    ],
)
def test_each_rule_catches_its_breach(check, sample):
    assert check(ast.parse(sample))
