"""Ways to the tab Review: a sheet, a picture, what is kept, or a job goes there, to be asked about."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr

from amgan.ui.batch_tab import BatchTab
from amgan.ui.handlers import AT_ONCE, Context, carried, drawing, guarded
from amgan.ui.kept_tab import KeptTab
from amgan.ui.links import from_text
from amgan.ui.review_tab import ReviewTab
from amgan.ui.sample_tab import SampleTab


def wire_sending(
    context: Context,
    shown: list[gr.Textbox],
    review: ReviewTab,
    sample: SampleTab,
    kept: KeptTab,
    batch: BatchTab | None,
    viewer: gr.HTML,
    tabs: gr.Tabs,
) -> None:
    """Have the buttons of tabs and viewer fill the form of a review, and bring it to the front.

    Args:
        context: What the page is on.
        shown: Name and revision of the model whose pictures are shown.
        review: The tab they go to.
        sample: Sends its sheet.
        kept: Sends what is kept.
        batch: Sends a job, where there are jobs.
        viewer: Sends the picture that it shows.
        tabs: The tabs.
    """
    outputs = review.settings

    @guarded(context.words, len(outputs))
    async def sheet_sent(name: str, revision: str, sheet: str, query: str) -> list[Any]:
        return review.take_sheet(name, await context.model(name, revision), sheet, query)

    @guarded(context.words, len(outputs))
    async def picture_sent(name: str, revision: str, query: str, event: gr.EventData) -> list[Any]:
        sheet = str(carried(event).get("query"))
        return review.take_sheet(name, await context.model(name, revision), sheet, query)

    @guarded(context.words, len(outputs))
    async def kept_sent(name: str, revision: str, those: str, query: str) -> list[Any]:
        return review.take_kept(name, await context.model(name, revision), from_text(those)[0].kept, query)

    @guarded(context.words, len(outputs))
    async def job_sent(name: str, revision: str, query: str, event: gr.EventData) -> list[Any]:
        assert context.jobs is not None
        job = await asyncio.to_thread(context.jobs.job, str(carried(event).get("id")))
        return review.take_job(name, await context.model(name, revision), job, query)

    given, changed = [*shown, review.query], [review.message, *outputs]
    sent = [
        sample.send.click(sheet_sent, [*shown, sample.query, review.query], changed, **drawing()),
        viewer.review(picture_sent, given, changed, **drawing()),
        kept.send.click(kept_sent, [*shown, kept.query, review.query], changed, **drawing()),
    ]
    if batch:
        sent.append(batch.list.review(job_sent, given, changed, **drawing()))
    for sending in sent:
        sending.success(lambda: gr.update(selected="review"), None, tabs, **AT_ONCE)
