"""The slider for the truncation, the same on every tab that has one."""

from __future__ import annotations

import gradio as gr

from amgan.ui.words import Words


def truncation_field(elem_id: str, words: Words) -> gr.Slider:
    """From the least that still varies to twice the latents' own scale."""
    return gr.Slider(
        0.05, 2, step=0.05, label=words.truncation, info=words.truncation_info, elem_id=elem_id, buttons=[]
    )  # fmt: skip
