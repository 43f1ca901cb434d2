"""What a phone asks for when these pages are put on its home screen: their name and drawings, and the worker."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, request

from web.filters import asset

bp = Blueprint("phone", __name__)

NAMES = {"zh": ("轮值", "轮值 · 我的值班"), "en": ("Lunzhi", "Lunzhi · my duties")}
DESK, PAPER = "#f3f4f6", "#ffffff"  # --desk and --paper of tokens.css


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """https://www.w3.org/TR/appmanifest/: asked for without cookies, so the language stands in the address."""
    lang = "en" if request.args.get("lang") == "en" else "zh"
    short, name = NAMES[lang]
    answer = jsonify(
        id="/me", start_url="/me", scope="/", display="standalone", lang="en" if lang == "en" else "zh-Hans",
        name=name, short_name=short, background_color=DESK, theme_color=PAPER,
        icons=[
            _icon("img/icon-192.png", "192x192", "any"),
            _icon("img/icon-512.png", "512x512", "any"),
            _icon("img/icon-512.png", "512x512", "maskable"),
        ],
    )  # fmt: skip
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/worker.js")
def worker() -> Response:
    """From the root, because a worker sees only what lies below its own address."""
    answer = current_app.send_static_file("js/worker.js")
    answer.mimetype = "text/javascript"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _icon(path: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": asset(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
