"""The flow between the apps is as its page says: every announcement and question has its far end."""

from pathlib import Path

import pytest

from core import flow, statecharts
from core.management.commands.flow_map import PAGES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_what_the_program_says(name):
    assert (ROOT / name).read_text(encoding="utf-8").splitlines() == PAGES[name]().splitlines(), "./run manage flow_map"


def test_every_stateful_document_is_drawn_from_its_start_to_an_end():
    page = statecharts.as_markdown()
    models = list(statecharts.stateful_models())
    assert len(models) == page.count("stateDiagram-v2") > 10
    for model in models:
        chart = page.split(f"(`{model._meta.label}`)")[1].split("```")[1]
        states = [state for state, _label in model._meta.get_field("state").choices]
        assert all(f"    {state}: " in chart for state in states), model
        assert "[*] --> " in chart, model


def test_every_question_is_answered():
    assert not [arrow.name for arrow in flow.questions() if not arrow.ends]


def test_receivers_and_providers_stand_below_those_they_answer():
    order = list(flow.FLOW)
    arrows = [arrow for arrow in (*flow.announcements(), *flow.questions()) if arrow.ends]
    assert arrows
    for arrow in arrows:
        for end in arrow.ends:
            assert order.index(end.split(".")[0]) > order.index(arrow.source), arrow


def test_services_report_up_only():
    order = list(flow.FLOW)
    for arrow in flow.reports():
        assert order.index(arrow.name.split(".")[0]) < order.index(arrow.source), arrow
