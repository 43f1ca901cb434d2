"""QR codes as drawings inside of the page: no picture is fetched, nobody else sees what they say."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(text: str, label: str) -> Markup:
    """The text as one SVG without a style attribute, dark on light in either scheme, so that a camera reads it."""
    code = segno.make_qr(text, error="m")
    drawn = code.svg_inline(scale=4, border=3, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    words = Markup('<svg role="img" aria-label="{}" ').format(label)
    return words + Markup(drawn.removeprefix("<svg "))  # noqa: S704 - numbers only: the library draws squares
