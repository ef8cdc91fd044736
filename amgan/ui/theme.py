"""How the page looks and how it is served: everything that is given to `launch`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from amgan.ui import NO_TELEMETRY
from amgan.ui.page_door import page_door

_HERE = Path(__file__).parent
MAX_UPLOAD = "64kb"
"""The page takes no files."""
MOST_ACTIVE = 200
"""Handlers at work at once: they wait for the engine, which draws for all of them, and need no threads meanwhile."""
MAX_SESSIONS = 500
"""Gradio keeps what each session shows, a few hundred kB, until it is forgotten; the page works without."""

QUIET, QUIET_DARK = "#62626b", "#b4b4bd"
"""Text that may be passed over, light and dark."""

SCRIPTS = (
    "answers.js",
    "page.js",
    "memory.js",
    "player.js",
    "gradio.js",
    "share.js",
    "kept.js",
    "film.js",
    "dropped.js",
    "sliders.js",
    "creating.js",
)
"""What runs in the browser, in this order."""


def theme() -> gr.themes.Base:
    """One accent colour, system fonts (nothing is fetched from a font server), no shadows."""
    accent, neutral = gr.themes.colors.teal, gr.themes.colors.zinc
    return gr.themes.Base(
        primary_hue=accent,
        secondary_hue=accent,
        neutral_hue=neutral,
        radius_size=gr.themes.sizes.radius_lg,
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
    ).set(
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_hover_dark="*neutral_800",
        button_secondary_border_color="*neutral_200",
        button_secondary_border_color_dark="*neutral_700",
        button_border_width="1px",
        button_border_width_dark="1px",
        # Gradio's own are too pale to be read on its grey fields (WCAG 1.4.3).
        body_text_color_subdued=QUIET,
        body_text_color_subdued_dark=QUIET_DARK,
        input_placeholder_color=QUIET,
        input_placeholder_color_dark=QUIET_DARK,
        body_background_fill="#ffffff",
        body_background_fill_dark="#131316",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_shadow="none",
        block_shadow_dark="none",
        block_padding="0px",
        button_primary_background_fill="#0f766e",
        button_primary_background_fill_dark="#0f766e",
        button_primary_background_fill_hover="#115e59",
        button_primary_background_fill_hover_dark="#0d8b80",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
    )


def launch_options(page: gr.Blocks, pages: int = 1) -> dict[str, Any]:
    """Keyword arguments for `gr.Blocks.launch` of a page: looks, and what a public page should not offer.

    Args:
        page: The page.
        pages: So many share what one server keeps of visitors.
    """
    script = "".join((_HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return {
        "theme": theme(),
        "css_paths": [_HERE / "style.css"],
        "head": f'<meta name="color-scheme" content="light dark"><script>{script}</script>',
        "favicon_path": _HERE / "favicon.png",
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "share": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "max_file_size": MAX_UPLOAD,
        "state_session_capacity": MAX_SESSIONS // pages,
        "max_threads": MOST_ACTIVE,
        "app_kwargs": {"telemetry": NO_TELEMETRY, "middleware": [page_door(page)]},
    }
