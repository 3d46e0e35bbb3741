"""What master data shows on other pages and in the shell."""

from masterdata.contributions import imports, shell


def register() -> None:
    """Register the app's contributions."""
    shell.register()
    imports.register()
