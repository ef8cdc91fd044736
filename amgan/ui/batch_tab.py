"""Tab Batch: any number of pictures as one file, drawn in the background."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import replace
from typing import Any

import gradio as gr

from amgan.bulk.estimate import estimate_job
from amgan.bulk.formats import SERVED
from amgan.bulk.job import Job
from amgan.bulk.job_store import JobStore, UnknownJobError
from amgan.bulk.spec import JobSpec
from amgan.model import AMGAN
from amgan.ui import checks
from amgan.ui.class_choice import ClassChoice
from amgan.ui.fields import confidence_field, confidence_update, fit_confidence, truncation_field
from amgan.ui.handlers import AT_ONCE, Context, caller, carried, drawing, guarded
from amgan.ui.jobs import estimate_text, jobs_html
from amgan.ui.links import to_query
from amgan.ui.model_rates import ModelRates
from amgan.ui.pictures import copy_button_html, message_html
from amgan.ui.state import BatchState, PageState

POLL_SECONDS = 1.0
MOST_LISTED = 50
"""So many jobs of a browser are listed."""
MAX_MEMORY = 10_000

_LIST_SCRIPT = """
element.addEventListener('click', event => {
  const button = event.target.closest('[data-job][data-ag]');
  if (!button) return;
  if (button.dataset.ag === 'cancel') trigger('cancel', { id: button.dataset.job });
  if (button.dataset.ag === 'review') trigger('review', { id: button.dataset.job });
});
"""


class BatchTab:
    """The tab's components and what they do.

    Attributes:
        query: Hidden, the link to what the form says; made by the page.
        added: Hidden, the id of the job started last as JSON; the page's script adds it to what the browser remembers.
            As an input it is all of that.
        gone: Hidden, ids of jobs that are not there any more as JSON; the script removes them.
        settings: What changes with another model or link.
    """

    def __init__(
        self, context: Context, jobs: JobStore, query: gr.Textbox, added: gr.Textbox, gone: gr.Textbox
    ) -> None:
        words = context.words
        self.context = context
        self.jobs = jobs
        self.query = query
        self._rates = ModelRates(context.engine)
        self.message = gr.HTML(message_html(""), elem_classes="ag-status", apply_default_css=False)
        self.added, self.gone = added, gone
        self.timer = gr.Timer(POLL_SECONDS, active=False)
        with gr.Row(elem_classes=["ag-columns", "ag-form"]):
            with gr.Column(scale=3, min_width=300):
                # What is wrong with the list, which is looked through at any time, and wipes no other message.
                self.list_message = gr.HTML(message_html(""), apply_default_css=False)
                self.list = gr.HTML(
                    jobs_html([], words),
                    js_on_load=_LIST_SCRIPT,
                    apply_default_css=False,
                    elem_id="jobs",
                    elem_classes="ag-busy",
                )
            with gr.Column(scale=2, min_width=300, elem_classes="ag-panel"):
                gr.HTML(f"<p>{words.batch_intro}</p>", apply_default_css=False)
                self.classes = ClassChoice("batch", words)
                self.count = gr.Textbox(
                    label=words.batch_count, info=words.batch_count_info, max_lines=1, elem_id="batch-count"
                )
                self.format = gr.Radio(
                    [(words.formats[name], name) for name in SERVED], label=words.batch_format,
                    elem_classes="ag-segments", elem_id="batch-format",
                )  # fmt: skip
                # What is wrong with the form stands beside it; the message above is for what a job was refused for.
                self.problem = gr.HTML(message_html(""), apply_default_css=False)
                self.estimate = gr.HTML(apply_default_css=False, elem_id="batch-estimate")
                self.start = gr.Button(words.batch_start, variant="primary", size="lg", elem_id="batch-start")
                with gr.Accordion(words.advanced, open=False):
                    self.seed = gr.Textbox(
                        label=words.seed, info=words.batch_seed_info, max_lines=1, elem_id="batch-seed"
                    )
                    self.truncation = truncation_field("batch-truncation", words)
                    self.confidence = confidence_field("batch-confidence", words)
                gr.HTML(copy_button_html(words, words.copy_form), apply_default_css=False)
        self.inputs = [*self.classes.fields, self.count, self.seed, self.truncation, self.format, self.confidence]
        self.settings = [*self.inputs, self.query]

    def read(self, model: AMGAN, name: str, values: tuple[Any, ...]) -> BatchState:
        """The state that the values of `inputs` mean.

        Raises:
            RequestError: a value is not possible.
        """
        chips, listed, count, seed, truncation, file_format, confidence = values
        words = self.context.words
        state = checks.state_of(
            BatchState, words, labels=self.classes.read(model, name, chips, listed), count=count, seed=seed,
            truncation=truncation, format=file_format, confidence=fit_confidence(confidence, model.config),
        )  # fmt: skip
        checks.check_seeds(state.seed, state.count, words)
        return state

    def restore(self, name: str, model: AMGAN, state: BatchState) -> list[Any]:
        """New values of `settings`."""
        classes = self.classes.update(model, state.labels)
        state = replace(state, confidence=fit_confidence(state.confidence, model.config))
        confidence = confidence_update(state.confidence, model.config, self.context.words)
        link = to_query(PageState(name, model.revision, "batch", batch=state))
        return [*classes, str(state.count), str(state.seed), state.truncation, state.format, confidence, link]

    def wire(self, page: gr.Blocks, shown: list[gr.Textbox], tab: gr.Tab) -> None:
        """Connect the components; `shown` holds name and revision of the model whose pictures are shown."""
        words = self.context.words

        @guarded(words, 2)
        async def estimated(name: str, revision: str, *values: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            state = self.read(model, name, values)
            rate = await self._rates.rate(name, model, caller())
            estimate = estimate_job(_spec(name, model, state), model.config, model.seed_index, rate)
            link = to_query(PageState(name, model.revision, "batch", batch=state))
            return [f"<p>{estimate_text(estimate, words)}</p>", link]

        @guarded(words, 1)
        async def started(name: str, revision: str, *values: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            spec = _spec(name, model, self.read(model, name, values))
            job = await asyncio.to_thread(self.jobs.submit, spec)
            return [json.dumps(job.id)]

        @guarded(words, 3)
        async def cancelled(mine: Any, event: gr.EventData) -> list[Any]:
            if carried(event).get("id") in _ids(mine):
                with contextlib.suppress(UnknownJobError):  # cancelled in another window
                    await asyncio.to_thread(self.jobs.cancel, str(carried(event)["id"]))
            return await listed(mine)

        @guarded(words, 3)
        async def looked(mine: Any) -> list[Any]:
            return await listed(mine)

        async def listed(mine: Any) -> list[Any]:
            """New values of what is gone, the list and the timer."""
            ids = _ids(mine)
            jobs = await asyncio.to_thread(self._jobs_of, ids)
            running = any(not job.is_over for job in jobs)
            there = {job.id for job in jobs}
            return [
                json.dumps([job_id for job_id in ids if job_id not in there]),
                jobs_html(jobs, words, self.context.reviews is not None, self.context.shelf),
                gr.Timer(POLL_SECONDS, active=running),
            ]

        inputs, outputs = [*shown, *self.inputs], [self.list_message, self.gone, self.list, self.timer]
        gr.on(
            [tab.select, *self.classes.changed, self.count.submit, self.count.blur, self.format.input, self.seed.submit,
             self.seed.blur, self.truncation.release, self.confidence.submit, self.confidence.blur],
            estimated, inputs, [self.problem, self.estimate, self.query], trigger_mode="always_last", **drawing(),
        )  # fmt: skip
        self.start.click(started, inputs, [self.message, self.added], trigger_mode="once", **drawing(self.list))
        # The browser's memory goes in and never back: another of its windows may have started a job meanwhile.
        remembered = f"[window.amgan.remembered('jobs', {MOST_LISTED})]"
        recall = f"() => {remembered}"
        drop = "ids => window.amgan.forget('jobs', JSON.parse(ids || '[]'))"
        self.gone.change(None, [self.gone], None, js=drop, **AT_ONCE)
        quiet = AT_ONCE | {"queue": True, "concurrency_limit": None, "js": recall}
        add = f"id => (window.amgan.add('jobs', id), {remembered})"
        come = self.added.change(looked, [self.added], outputs, **quiet | {"js": add})
        # On a phone it stands below the form.
        come.then(None, None, None, js="() => window.amgan.focus('#jobs .ag-job')", **AT_ONCE)
        self.list.cancel(cancelled, [self.added], outputs, **quiet)
        self.timer.tick(looked, [self.added], outputs, **quiet)
        tab.select(looked, [self.added], outputs, **quiet)
        page.load(looked, [self.added], outputs, **quiet)

    def _jobs_of(self, ids: list[str]) -> list[Job]:
        """Those of a browser's jobs that are still there."""
        jobs = []
        for job_id in ids:
            with contextlib.suppress(UnknownJobError):
                jobs.append(self.jobs.job(job_id))
        return jobs


def _ids(mine: Any) -> list[str]:
    """What a browser remembers, which may be anything."""
    ids = (item for item in checks.remembered(mine, MAX_MEMORY) if isinstance(item, str))
    return list(dict.fromkeys(ids))[:MOST_LISTED]


def _spec(name: str, model: AMGAN, state: BatchState) -> JobSpec:
    return JobSpec(
        model=name,
        revision=model.revision,
        format=state.format,
        n=None if state.labels else state.count,
        labels=dict.fromkeys(state.labels, state.count) if state.labels else None,
        seed=state.seed,
        truncation=state.truncation,
        confidence=state.confidence if state.labels else None,
    )
