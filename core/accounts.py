"""Sign-in rules: people do not sign themselves up."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No open sign-up; accounts are made under Settings, People and roles."""

    def is_open_for_signup(self, request):
        return False
