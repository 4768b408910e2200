"""The reference: what the documentation says the writing methods do, in plain dictionaries; files by nouns."""

from tests.model.reference.account import Object, Refused, Unknown
from tests.model.reference.retrospectives import Retrospectives as Reference

__all__ = ["Object", "Reference", "Refused", "Unknown"]
