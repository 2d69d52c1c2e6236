"""The resources of the machine API, version 1."""

from exhibitions.api.views.scans import blueprint

__all__ = ["blueprint"]
