"""Refusals that several documents share."""

import datetime as dt
from collections.abc import Iterable

from core.documents import Document
from core.errors import InvalidTransition
from erp.errors import ReversalBeforePosting
from erp.models import StockMove


def require_edge(document: Document, to: str) -> None:
    """Refuse early what `transition` would refuse at the end.

    Raises:
        InvalidTransition: the document cannot become ``to`` now.
    """
    if to in document.TRANSITIONS.get(document.state, ()):
        return
    labels = dict(document._meta.get_field("state").choices)
    before = document.state
    raise InvalidTransition(
        document=document, state=labels.get(before, before), to=labels.get(to, to), state_code=before, to_code=str(to)
    )


def require_not_before(document: Document, posted: Iterable[StockMove], day: dt.date) -> None:
    """Refuse to take goods back on a day before they moved.

    Raises:
        ReversalBeforePosting: names the day of the last of the posted moves.
    """
    moved_on = max((move.moved_on for move in posted), default=day)
    if day < moved_on:
        raise ReversalBeforePosting(document=document, date=moved_on, field="date")
