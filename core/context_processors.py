"""What the shell of every page shows."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from core.clock import company
from core.demo import demo_users
from core.notifications.selectors import unread_count
from core.shell import active_child, navigation_for


def shell(request):
    """Navigation, company, language and counters for ``base.html``."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        own = company()
        return {
            "demo": settings.DEMO,
            "demo_users": demo_users(),
            "company_name": str(own) if own else "Concord",
            "navigation": [],
        }
    own = company()
    asked = {**request.GET.dict(), **getattr(request, "shown_under", {})}
    navigation = navigation_for(user, request.path, asked)
    return {
        "demo": settings.DEMO,
        "company": own,
        "company_name": str(own) if own else "Concord",
        "navigation": navigation,
        "active_entry": active_child(navigation),
        "notifications_count": SimpleLazyObject(lambda: unread_count(user)),  # cells with a template show none
        "previewed_role": getattr(request, "previewed_role", None),
        "hotkeys": True,
    }
