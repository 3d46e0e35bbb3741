"""The flow between the apps is as its page says: every announcement and question has its far end."""

from pathlib import Path

from core import flow

FLOW_PAGE = Path(__file__).resolve().parents[2] / "docs" / "flow.md"


def test_the_flow_page_is_what_the_program_says():
    assert FLOW_PAGE.read_text() == flow.as_markdown(), "./run manage flow_map"


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
