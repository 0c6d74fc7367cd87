"""Numbers with their noun, for pages."""

from rhml_core.figures import counted

__all__ = ["counted"]
