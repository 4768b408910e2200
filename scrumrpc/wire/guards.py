"""Headers that tell browsers to keep an answer to itself: no page may frame it, embed it or run what is in it."""

from __future__ import annotations

NEVER_GUESS = (b"x-content-type-options", b"nosniff")
FOR_BROWSERS = (
    NEVER_GUESS,
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
"""Of every answer that is no page and no file; those have stricter or laxer ones of the same names."""
