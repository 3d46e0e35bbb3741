"""What master data shows in the shell: navigation, search, imports, facts."""


def register() -> None:
    """Register the app's contributions."""
