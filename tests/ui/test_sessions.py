"""A visitor's session begins without a description of the page, which Gradio keeps for links that it has none of."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI
from gradio.state_holder import SessionState

from amgan.ui.sessions import describe_no_sessions


def counting_page() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as page:
        count, shown = gr.State(0), gr.Textbox(value="none", label="Shown")
        gr.Button("One more").click(lambda n: (n + 1, f"{n + 1} now"), count, [count, shown])
    page.state_session_capacity = 2
    gr.mount_gradio_app(FastAPI(), page, "/")
    return page


def test_a_session_describes_nothing_and_keeps_its_state():
    page = counting_page()
    assert len(list(SessionState(page).components)) == len(page.blocks), "what Gradio does by itself"
    describe_no_sessions(page)
    one, other = page.state_holder["one"], page.state_holder["other"]
    assert page.state_holder["one"] is one
    state, text = (
        next(key for key, block in page.blocks.items() if type(block) is kind) for kind in (gr.State, gr.Textbox)
    )
    one[state] = 5
    one._update_value_in_config(text, "a value of some hundred kilobytes")
    assert (one[state], other[state]) == (5, 0)
    assert one[text] is page.blocks[text]
    assert list(one.components) == list(other.components) == []
    assert one.blocks_config.fns == page.fns
    assert one.blocks_config.blocks is not other.blocks_config.blocks


def test_a_session_more_than_there_may_be_makes_room():
    page = counting_page()
    describe_no_sessions(page)
    for name in ("one", "two", "three"):
        assert page.state_holder[name]
    assert "one" not in page.state_holder
    assert {"two", "three"} <= page.state_holder.session_data.keys()


def test_the_page_itself_is_described_as_before():
    page = counting_page()
    before = page.get_config_file()["components"]
    describe_no_sessions(page)
    assert page.get_config_file()["components"] == before
