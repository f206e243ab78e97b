"""The response headers that the app sends with every page: name to the text that its value must hold, lower case."""

from __future__ import annotations

EXPECTED: dict[str, tuple[str, ...]] = {
    "content-security-policy": ("default-src 'self'", "object-src 'none'", "base-uri", "frame-ancestors"),
    "x-content-type-options": ("nosniff",),
    "x-frame-options": ("sameorigin",),
    "cross-origin-opener-policy": ("same-origin",),
    "cross-origin-resource-policy": ("same-origin",),
    "referrer-policy": ("no-referrer",),
    "permissions-policy": ("camera=()", "microphone=()", "geolocation=()"),
}
# Over https only: on loopback a browser would ignore it.
OVER_TLS: dict[str, tuple[str, ...]] = {"strict-transport-security": ("max-age=",)}
NOT_SENT = ("server", "x-powered-by")  # they tell versions
