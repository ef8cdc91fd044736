"""Tab Review: a form that makes a review of pictures, and the reviews that this browser made."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import gradio as gr

from amgan.bounds import MAX_ITEMS
from amgan.bulk.job import Job
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.reviews.review_spec import DEFAULT_QUESTION, MAX_QUESTION, MAX_TITLE
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.usual_questions import usual_question
from amgan.ui import checks
from amgan.ui.class_choice import ClassChoice
from amgan.ui.drawing import known_classes
from amgan.ui.fields import confidence_field, confidence_update, fit_confidence, truncation_field
from amgan.ui.handlers import Context, drawing, guarded
from amgan.ui.jobs import time_text, title_of
from amgan.ui.links import from_text, to_query
from amgan.ui.pictures import copy_button_html, message_html
from amgan.ui.review_list import ReviewList
from amgan.ui.review_making import ReviewMaker
from amgan.ui.state import KeptState, PageState, ReviewState
from amgan.ui.words import choices

SECONDS_EACH = 3
"""A picture takes a reviewer about so long."""


class ReviewTab:
    """The tab's components and what they do.

    Attributes:
        query: Hidden, the link to what the form says; made by the page.
        reviews: The list of this browser's reviews.
        settings: What changes with another model or link.
    """

    def __init__(self, context: Context, reviews: ReviewStore, query: gr.Textbox, added: gr.Textbox) -> None:
        words = context.words
        self.context = context
        self._store = reviews
        self.query = query
        self._maker = ReviewMaker(context)
        self.message = gr.HTML(message_html(""), elem_classes="ag-status", apply_default_css=False)
        with gr.Row(elem_classes=["ag-columns", "ag-form"]):
            with gr.Column(scale=3, min_width=300):
                self.reviews = ReviewList(reviews, added, words)
            with gr.Column(scale=2, min_width=300, elem_classes="ag-panel"):
                gr.HTML(f"<p>{words.review_intro}</p>", apply_default_css=False)
                self.title = gr.Textbox(
                    label=words.review_title, info=words.review_title_info, max_lines=1, max_length=MAX_TITLE,
                    elem_id="review-title",
                )  # fmt: skip
                self.question = gr.Textbox(
                    label=words.review_question, placeholder=usual_question(words.lang), max_lines=1,
                    max_length=MAX_QUESTION, elem_id="review-question",
                )  # fmt: skip
                self.job = gr.Textbox(visible="hidden", show_label=False, container=False)
                self.job_note = gr.HTML(apply_default_css=False, visible=False, elem_id="review-job")
                self.leave_job = gr.Button(words.review_leave_job, visible=False, elem_id="review-leave-job")
                self.classes = ClassChoice("review", words)
                self.count = gr.Textbox(
                    label=words.how_many, info=words.review_count_info, max_lines=1, elem_id="review-count"
                )
                self.scale = gr.Radio(
                    choices(words.review_scales), label=words.review_scale, elem_classes="ag-segments",
                    elem_id="review-scale",
                )  # fmt: skip
                self.target = gr.Textbox(
                    label=words.review_target, info=words.review_target_info, max_lines=1, elem_id="review-target"
                )
                self.against = gr.Dropdown(
                    label=words.review_against, info=words.review_against_info, elem_id="review-against"
                )
                # What is wrong with the form stands beside it; the message above is for what went wrong later.
                self.problem = gr.HTML(message_html(""), apply_default_css=False)
                self.estimate = gr.HTML(apply_default_css=False, elem_id="review-estimate")
                self.make = gr.Button(words.review_make, variant="primary", size="lg", elem_id="make-review")
                with gr.Accordion(words.advanced, open=False) as self.advanced:
                    self.seed = gr.Textbox(
                        label=words.seed, info=words.batch_seed_info, max_lines=1, elem_id="review-seed"
                    )
                    self.truncation = truncation_field("review-truncation", words)
                    self.confidence = confidence_field("review-confidence", words)
                    self.against_revision = gr.Textbox(
                        label=words.review_against_revision, info=words.review_against_revision_info, max_lines=1,
                        elem_id="review-against-revision",
                    )  # fmt: skip
                # Not "Copy link", which is what people are sent.
                gr.HTML(copy_button_html(words, words.copy_form), apply_default_css=False)
        self.inputs = [
            self.job, self.title, self.question, *self.classes.fields, self.count, self.scale, self.target,
            self.against, self.seed, self.truncation, self.confidence, self.against_revision,
        ]  # fmt: skip
        self.settings = [*self.inputs, self.job_note, self.leave_job, self.advanced, self.estimate, self.query]

    def read(self, model: AMGAN, name: str, values: tuple[Any, ...]) -> ReviewState:
        """The state that the values of `inputs`, but the job, mean.

        Raises:
            RequestError: a value is not possible.
        """
        title, question, chips, listed, count, scale, target, against, seed, truncation, confidence, revision = values
        words = self.context.words
        other = checks.text(against)
        state = checks.state_of(
            ReviewState, words, title=checks.text(title), question=self._question(checks.text(question)),
            labels=self.classes.read(model, name, chips, listed), count=count, seed=seed,
            truncation=truncation, scale=scale, target=target,
            against=self.context.shelf.entry(other).name if other else None,
            against_revision=checks.text(revision) or None, confidence=fit_confidence(confidence, model.config),
        )  # fmt: skip
        most = MAX_ITEMS // max(1, len(state.labels))
        if state.count > most:
            raise RequestError(words.bad_pictures.format(most=most, value=state.count))
        checks.check_seeds(state.seed, state.count, words)
        return state

    def restore(self, name: str, model: AMGAN, state: ReviewState, source: Job | KeptState | None = None) -> list[Any]:
        """New values of `settings`; of a job or what was kept, only how many, how and whereto are asked."""
        words = self.context.words
        state = replace(state, confidence=fit_confidence(state.confidence, model.config))
        others = [entry.name for entry in self.context.shelf.entries if entry.problem is None]
        against = state.against if state.against in others else None
        is_drawn_here, hidden, note, of_classes = source is None, "", "", words.review_count_info
        if isinstance(source, Job):
            hidden, note = source.id, words.review_of_job.format(job=title_of(source, words, self.context.shelf))
        elif source is not None:
            hidden, note = "\n".join(source.pictures), words.review_of_kept.format(count=len(source.pictures))
        return [
            hidden,
            state.title,
            usual_question(words.lang) if state.question == DEFAULT_QUESTION else state.question,
            *self.classes.update(model, state.labels, is_drawn_here),
            gr.update(value=str(state.count), info=of_classes if is_drawn_here else words.review_count_info_job),
            state.scale,
            "" if state.target is None else str(state.target).removesuffix(".0"),
            gr.update(
                choices=[(words.review_alone, ""), *((other, other) for other in others)], value=against or "",
                visible=is_drawn_here,
            ),
            str(state.seed),
            state.truncation,
            confidence_update(state.confidence, model.config, words),
            state.against_revision or "",
            gr.update(value=message_html(note, "note"), visible=not is_drawn_here),
            gr.update(visible=not is_drawn_here),
            gr.update(visible=is_drawn_here),
            self._estimate_html(state, source),
            to_query(PageState(name, model.revision, "review", review=state)),
        ]  # fmt: skip

    def wire(self, page: gr.Blocks, shown: list[gr.Textbox], tab: gr.Tab) -> None:
        """Connect the components; `shown` holds name and revision of the model whose pictures are shown."""
        words = self.context.words

        @guarded(words, 2)
        async def described(name: str, revision: str, job_id: str, *values: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            state = self.read(model, name, values)
            link = to_query(PageState(name, model.revision, "review", review=state))
            return [self._estimate_html(state, await asyncio.to_thread(self._source, job_id)), link]

        @guarded(words, 1)
        async def made(name: str, revision: str, job_id: str, *values: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            state = self.read(model, name, values)
            source = await asyncio.to_thread(self._source, job_id)
            if source is None:
                spec = await self._maker.of_classes(name, model, state)
            elif isinstance(source, Job):
                spec = await self._maker.of_job(source, state)
            else:
                spec = await self._maker.of_kept(source, state)
            review = await asyncio.to_thread(self._store.create, spec)
            return [json.dumps([review.id, review.key])]

        inputs = [*shown, *self.inputs]
        fields = [
            self.title, self.question, self.count, self.target, self.seed, self.confidence, self.against_revision,
        ]  # fmt: skip
        gr.on(
            [tab.select, *self.classes.changed, self.scale.input, self.against.input, self.truncation.release,
             *(field.submit for field in fields), *(field.blur for field in fields)],
            described, inputs, [self.problem, self.estimate, self.query], trigger_mode="always_last", **drawing(),
        )  # fmt: skip
        self.make.click(
            made, inputs, [self.message, self.reviews.added], trigger_mode="once", **drawing(self.reviews.list)
        )
        self.reviews.wire(page, tab)

        @guarded(words, len(self.settings))
        async def left_job(name: str, revision: str, query: str) -> list[Any]:
            return self.restore(name, await self.context.model(name, revision), from_text(query)[0].review)

        self.leave_job.click(left_job, [*shown, self.query], [self.message, *self.settings], **drawing())

    def take_sheet(self, name: str, model: AMGAN, sheet_query: str, query: str) -> list[Any]:
        """New values of `settings`: the pictures of a sheet, the rest as it was."""
        sheet, old = from_text(sheet_query)[0].sample, from_text(query)[0].review
        pictures = sheet.pictures(known_classes(model.config))
        labels = tuple(dict.fromkeys(label for _, label in pictures if label is not None))
        count = len(pictures) // max(1, len(labels))
        state = ReviewState("", old.question, labels, count, sheet.seed, sheet.truncation, old.scale, old.target)
        if sheet.beside:
            state = replace(state, against=sheet.beside.model, against_revision=sheet.beside.revision)
        return self.restore(name, model, state)

    def take_job(self, name: str, model: AMGAN, job: Job, query: str) -> list[Any]:
        """New values of `settings`: pictures of a job, the rest as it was."""
        old = from_text(query)[0].review
        state = ReviewState("", old.question, scale=old.scale, target=old.target)
        return self.restore(name, model, state, job)

    def take_kept(self, name: str, model: AMGAN, kept: KeptState, query: str) -> list[Any]:
        """New values of `settings`: pictures that were kept, the rest as it was.

        Raises:
            RequestError: there are none.
        """
        if not kept.pictures:
            raise RequestError(self.context.words.none_kept)
        old = from_text(query)[0].review
        state = ReviewState("", old.question, count=len(kept.pictures), scale=old.scale, target=old.target)
        return self.restore(name, model, state, kept)

    def _source(self, hidden: Any) -> Job | KeptState | None:
        """Where the pictures come from, by a job's id or the links to what was kept; None for the form's classes."""
        text, jobs = checks.text(hidden), self.context.jobs
        if "=" in text:
            return checks.state_of(KeptState, self.context.words, pictures=text)
        return None if jobs is None or not text else jobs.job(text)

    def _question(self, typed: str) -> str:
        # What is usual is no part of a link, so that who opens it is offered the same in another language.
        return DEFAULT_QUESTION if typed in ("", usual_question(self.context.words.lang)) else typed

    def _estimate_html(self, state: ReviewState, source: Job | KeptState | None) -> str:
        words = self.context.words
        count = state.count * max(1, len(state.labels))
        if source is not None:
            there = source.spec.count if isinstance(source, Job) else len(source.pictures)
            count = min(state.count, there, MAX_ITEMS)
        text = words.review_estimate if state.against is None or source is not None else words.review_estimate_pairs
        return f"<p>{text.format(count=f'{count:,}', time=time_text(SECONDS_EACH * count, words))}</p>"
