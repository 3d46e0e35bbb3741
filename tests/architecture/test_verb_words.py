"""Whatever an operation or an event is called, a timeline says it in words."""

import ast
from collections.abc import Iterator

from core.timeline import verb_title
from core.verb_words import VERB_WORDS, WHOLE_WORDS


def operations(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            calls = (one.func for one in node.decorator_list if isinstance(one, ast.Call))
            if any(getattr(call, "id", "") == "operation" for call in calls):
                yield node.name


def events(tree: ast.Module) -> Iterator[str]:
    """The names given to ``audit.record``; what is put together when it runs ends with its separator."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > 1 and ast.unparse(node.func) == "audit.record":
            found = (part.value for part in ast.walk(node.args[1]) if isinstance(part, ast.Constant))
            yield from (name for name in found if isinstance(name, str) and name[-1:].isalpha())


def is_told(name: str) -> bool:
    whole = name.rsplit(".", 1)[-1]
    return whole in WHOLE_WORDS or whole.split("_", 1)[0] in VERB_WORDS or name.startswith("approval.")


def test_every_operation_and_event_has_a_word(trees):
    silent = [f"{path}: {name}" for path, tree in trees for name in (*operations(tree), *events(tree))]
    assert len(silent) > 300
    assert [line for line in silent if not is_told(line.split(": ", 1)[1])] == []


def test_the_whole_name_goes_before_its_first_word():
    assert verb_title("operation.choose_language") == "Language chosen"
    assert verb_title("erp.workorder.re_exploded") == "Bill of material exploded again"
    assert verb_title("operation.split_bill") == "Split"
    assert verb_title("operation.frobnicate_order") == "frobnicate"
