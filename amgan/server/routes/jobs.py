"""``/v1/jobs``: any number of pictures, drawn in the background, fetched when they are done."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import FastAPI, Path, Request, Response
from starlette.responses import FileResponse

from amgan.bulk.formats import SERVED
from amgan.bulk.job import Job
from amgan.bulk.job_store import JobStore
from amgan.bulk.spec import JobSpec
from amgan.server.routes.answers import BINARY, Responses, problems
from amgan.server.routes.result_file import ResultFile
from amgan.server.schemas import JobAnswer, JobRequest, Problem
from amgan.server.service import Service

RESULT_ANSWERS: Responses = {
    200: {"description": "The file.", "content": dict.fromkeys(sorted(set(SERVED.values())), BINARY)},
    206: {"description": "The part of it that was asked for."},
    **problems(404, 409, 416),
    400: {"model": Problem, "description": "The header Range cannot be read."},
}
JobId = Annotated[str, Path(max_length=64, description="The job's id, from the answer to its start.")]


def add_job_routes(app: FastAPI, service: Service, store: JobStore) -> None:
    """Add the routes that start, show, cancel and fetch jobs."""

    @app.post("/v1/jobs", status_code=202, responses=problems(400, 404, 413, 429), tags=["jobs"])
    async def start_job(asked: JobRequest, request: Request, response: Response) -> JobAnswer:
        """Start a job. It goes on when the connection is closed, and after a restart of the server."""
        opened = await service.models.open(asked.model, asked.revision)
        named = {"model": opened.name, "revision": opened.model.revision}
        spec = JobSpec(**asked.model_dump() | named)
        job = await asyncio.to_thread(store.submit, spec)
        response.headers["Location"] = _address(job, request)
        return _answer(job, request)

    @app.get("/v1/jobs/{job_id}", responses=problems(404), tags=["jobs"])
    async def show_job(job_id: JobId, request: Request) -> JobAnswer:
        """How far a job is."""
        return _answer(await asyncio.to_thread(store.job, job_id), request)

    @app.delete("/v1/jobs/{job_id}", responses=problems(404), tags=["jobs"])
    async def cancel_job(job_id: JobId, request: Request) -> JobAnswer:
        """Stop a job, or remove the result of a finished one."""
        return _answer(await asyncio.to_thread(store.cancel, job_id), request)

    async def fetch_result(job_id: JobId) -> Response:
        """The result of a finished job; parts of it can be asked for."""
        file = await asyncio.to_thread(store.result, job_id)
        media_type = SERVED[(await asyncio.to_thread(store.job, job_id)).spec.format]
        return ResultFile(file, media_type=media_type, filename=f"{job_id[:8]}-{file.name}")

    result = "/v1/jobs/{job_id}/result"
    app.get(result, response_class=FileResponse, responses=RESULT_ANSWERS, tags=["jobs"])(fetch_result)
    # For the page, which has no token: who knows the id may have the file.
    app.get("/results/{job_id}", response_class=FileResponse, include_in_schema=False)(fetch_result)


def _address(job: Job, request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/v1/jobs/{job.id}"


def _answer(job: Job, request: Request) -> JobAnswer:
    progress, spec = job.progress, job.spec
    drawn = 0 if progress is None else progress.done
    packing = progress is not None and progress.stage == "packing"
    return JobAnswer(
        id=job.id,
        state=job.state,
        model=spec.model,
        revision=spec.revision,
        format=spec.format,
        total=spec.count,
        done=spec.count if job.state == "done" or packing else drawn,
        packed=drawn if packing else spec.count if job.state == "done" else 0,
        images_per_second=None if progress is None or job.is_over else progress.images_per_second,
        seconds_left=None if progress is None or job.is_over else progress.seconds_left,
        bytes=job.bytes,
        problem=job.problem,
        created=job.created,
        ended=job.ended,
        result=f"{_address(job, request)}/result" if job.state == "done" else None,
    )
