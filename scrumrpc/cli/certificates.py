"""Certificates: what is offered to clients that speak TLS."""

from __future__ import annotations

import ssl

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Those of TLS 1.2: they encrypt and authenticate at once, and a stolen key opens no past traffic, as in 1.3."""


def context_of(cert: str, key: str | None) -> ssl.SSLContext:
    """TLS of today with this certificate; ssl.SSLError or OSError where it and its key cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(cert, key)
    return context
