"""Jobs as the page shows them: the list with its bars, and what one will take before it starts."""

from __future__ import annotations

from typing import Any

from amgan.bulk.estimate import Estimate
from amgan.bulk.job import Job
from amgan.engine.shelf import Shelf
from amgan.ui.parts import part
from amgan.ui.words import Words

UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def jobs_html(jobs: list[Job], words: Words, reviewable: bool = False, shelf: Shelf | None = None) -> str:
    """The list, newest first; what is done can be sent to review, where there are reviews.

    The models of a shelf say what their classes are called to the reader.
    """
    newest_first = sorted(jobs, key=lambda job: -job.created)
    return part("jobs", words, [_row(job, words, shelf) for job in newest_first], reviewable)


def estimate_text(estimate: Estimate, words: Words) -> str:
    """What a job will take, in a sentence."""
    count, size = f"{estimate.pictures:,}", size_text(estimate.bytes, words)
    if estimate.seconds is None:
        return words.batch_estimate_without_time.format(count=count, size=size)
    return words.batch_estimate.format(count=count, size=size, time=time_text(estimate.seconds, words))


def size_text(size: int, words: Words) -> str:
    """Bytes for people."""
    for unit, number in UNITS:
        if size >= number:
            return f"{size / number:.1f}\u00a0{unit}"
    return words.bytes.format(count=size)


def time_text(seconds: float, words: Words) -> str:
    """A length of time for people."""
    if seconds < 100:
        return words.seconds.format(count=max(1, round(seconds)))
    if seconds < 100 * 60:
        return words.minutes.format(count=round(seconds / 60))
    return words.hours.format(count=f"{seconds / 3600:.1f}")


def title_of(job: Job, words: Words, shelf: Shelf | None = None) -> str:
    """What a job is of; of a model that is not on the shelf any more the classes have their own names."""
    labels = job.spec.labels
    if labels is None:
        return words.job_of_any.format(count=f"{job.spec.count:,}")
    shown = shelf.class_texts(job.spec.model, job.spec.revision, words.lang) if shelf else {}
    return words.comma.join(
        words.job_of.format(count=f"{count:,}", label=shown.get(label, label)) for label, count in labels.items()
    )


def _row(job: Job, words: Words, shelf: Shelf | None) -> dict[str, Any]:
    title, bar = title_of(job, words, shelf), None
    if not job.is_over:
        done, total = (job.progress.done, job.progress.total) if job.progress else (0, job.spec.count)
        bar = {"done": done, "total": total, "spoken": words.job_bar.format(job=title)}
    return {"job": job, "title": title, "state": _state_text(job, words), "bar": bar}


def _state_text(job: Job, words: Words) -> str:
    progress = job.progress
    if job.state == "done":
        return words.job_done.format(size=size_text(job.bytes or 0, words))
    if job.state == "failed":
        return words.job_failed.format(problem=job.problem)
    if job.state == "waiting" and job.problem:
        return words.job_paused.format(problem=job.problem)
    if job.state == "waiting" or progress is None:
        return words.job_waiting
    text = words.job_drawing if progress.stage == "drawing" else words.job_packing
    text = text.format(done=f"{progress.done:,}", total=f"{progress.total:,}")
    if progress.images_per_second and progress.seconds_left is not None:
        left = time_text(progress.seconds_left, words)
        text += words.comma + words.job_left.format(rate=f"{progress.images_per_second:,.0f}", time=left)
    return text
