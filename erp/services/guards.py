"""Refusals that several documents share."""

from core.documents import Document
from core.errors import InvalidTransition


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
