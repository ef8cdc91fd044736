"""What Gradio keeps of each visitor's session: without the descriptions that only its own links would read.

A session of Gradio's begins with a description of every component of the page, which takes longer than drawing a
picture, and holds all that the visitor is shown; it is read by links (`gr.DeepLinkButton`) that this page has none of,
at a path that `page_door` keeps closed. Each call of an endpoint is a session.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.blocks import BlocksConfig


class _Undescribed(BlocksConfig):
    """A page's components, whose descriptions are empty."""

    def __copy__(self) -> _Undescribed:
        # Gradio copies it for each session, to a `BlocksConfig`.
        copied = _Undescribed(self.root_block)
        vars(copied).update(vars(super().__copy__()))
        return copied

    @staticmethod
    def config_for_block(*_: Any) -> dict[str, Any]:
        """See `BlocksConfig`."""
        return {}


def describe_no_sessions(page: gr.Blocks) -> None:
    """Let the sessions of a page begin without descriptions; to be called once Gradio has made its app."""
    config = _Undescribed(page)
    vars(config).update(vars(page.default_config))
    page.state_holder.blocks = SimpleNamespace(default_config=config, blocks=page.blocks)  # type: ignore[assignment]
