"""Chunks drawn by the actors of a Ray cluster; Ray Data hands them out, scales the actors and replaces lost ones.

Nothing is shared but Ray's own object store: the model goes to the actors and chunks come back as bytes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

import amgan
from amgan.bulk.chunk_source import ChunkMaker, Chunks
from amgan.bulk.spec import JobSpec
from amgan.errors import ClassSearchError, RequestError, one_line
from amgan.model import AMGAN
from amgan.release.folder import write_release
from amgan.sampling.rendering import Precision

INSTALL = "pip install 'ray[data]>=2.60'"

MOST_BLOCKS = 10_000
"""What Ray Data keeps account of at once; a job of more chunks has several in a block."""


@dataclass(frozen=True)
class RayPool:
    """The actors that are wanted.

    Attributes:
        workers: At most so many; None for as many as the cluster has room for, or can be given.
        gpus: GPUs of each, such as 0.25; 0 draws on CPUs, one for each.
    """

    workers: int | None = None
    gpus: float = 0.0

    def __post_init__(self) -> None:
        """Check both.

        Raises:
            RequestError: what is allowed.
        """
        if self.workers is not None and self.workers < 1:
            raise RequestError(f"workers must be 1 or more, not {self.workers}")
        if not 0 <= self.gpus < float("inf") or (self.gpus > 1 and self.gpus != int(self.gpus)):
            raise RequestError(f"the GPUs of a worker must be a part of one or a whole number, not {self.gpus}")


class DrawnOnRay:
    """Chunks in the order in which the actors have them ready."""

    def __init__(self, maker: ChunkMaker, model: AMGAN, pool: RayPool) -> None:
        """Nothing is started yet.

        Raises:
            RequestError: Ray is not installed.
        """
        try:
            import ray.data
        except ImportError as error:
            raise RequestError(f"Ray is not installed ({one_line(error)}): {INSTALL}") from error
        self._ray = ray
        self._maker = maker
        self._model = model
        self._pool = pool

    def chunks(self, numbers: Iterable[int]) -> Chunks:
        """See `ChunkSource`; the cluster is joined, or one of this machine started, for as long as it is needed.

        Raises:
            ClassSearchError: as an actor says.
            RequestError: Ray ends the work, with its reason; or there is no GPU.
        """
        if not (wanted := list(numbers)):
            return
        with self._cluster():
            try:
                for row in self._results(wanted):
                    if row["problem"]:
                        raise ClassSearchError(row["problem"])
                    yield int(row["chunk"]), partial(bytes, row["content"])
            except self._ray.exceptions.RayError as error:
                raise RequestError(f"Ray ended the work: {_reason(error)}; the same command goes on") from error

    def _results(self, wanted: list[int]) -> Iterable[dict[str, Any]]:
        ray = self._ray
        context = ray.data.DataContext.get_current()
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context.enable_progress_bars = context.print_on_execution_start = False
        # In a list, which Ray hands on as it is: each actor asks for the model, and has it from the nearest machine.
        release = [ray.put(packed(self._model))]
        return (
            ray.data.from_items(
                [{"chunk": number} for number in wanted], override_num_blocks=min(len(wanted), MOST_BLOCKS)
            )
            .map_batches(
                Worker,
                fn_constructor_args=(release, self._precision, self._maker.spec.to_json(), self._pool.gpus > 0),
                batch_size=1,
                compute=ray.data.ActorPoolStrategy(min_size=1, max_size=self._pool.workers),
                num_cpus=1,
                num_gpus=self._pool.gpus,
            )
            .iter_rows()
        )

    @property
    def _precision(self) -> Precision:
        """Of all workers: machines of several kinds would each take what is fast on them, and draw other bytes.

        CPUs draw in what is fast on this one; GPUs in what is fast on them, which this machine cannot know.
        """
        return self._model.precision if self._pool.gpus else self._model.sampler.renderer.precision

    @contextlib.contextmanager
    def _cluster(self) -> Iterator[None]:
        ray = self._ray
        if ray.is_initialized():
            yield
            return
        # A cluster of ours reports to nobody, and its notices would stand between the command's own lines.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
        ray.init(
            runtime_env={"py_modules": [str(Path(amgan.__file__).parent)]},
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
        )
        try:
            if self._pool.gpus and not ray.cluster_resources().get("GPU") and "RAY_ADDRESS" not in os.environ:
                raise RequestError("Ray sees no GPU here; leave --worker-gpus out, or name a cluster in RAY_ADDRESS")
            yield
        finally:
            ray.shutdown()


class Worker:
    """One actor: the model, and the chunks that it is asked for."""

    def __init__(self, release: list[Any], precision: Precision, spec: dict[str, Any], on_gpu: bool) -> None:
        """Load the model from what `packed` gave."""
        import ray

        device = torch.accelerator.current_accelerator() if on_gpu else None
        model = unpacked(ray.get(release[0]), precision, device)
        self._maker = ChunkMaker(JobSpec.from_json(spec), model.class_names)
        self._draw = model.sampler.sample

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, list[Any]]:
        """One chunk as bytes, or why there is none."""
        (number,) = batch["chunk"].tolist()
        try:
            content, problem = self._maker.encode(self._maker.draw(self._draw, number)), ""
        except ClassSearchError as error:
            content, problem = b"", str(error)
        return {"chunk": [number], "content": [content], "problem": [problem]}


def packed(model: AMGAN) -> dict[str, bytes]:
    """The files of a model that its pictures depend on."""
    with tempfile.TemporaryDirectory() as folder:
        write_release(Path(folder), model.config, model.state_dict(), model.seed_index)
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def unpacked(files: dict[str, bytes], precision: Precision, device: torch.device | None = None) -> AMGAN:
    """The model again, on a device."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return AMGAN.from_pretrained(folder, device=device, precision=precision)


def _reason(error: Exception) -> str:
    """What lies behind an error of Ray, which carries whole logs."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return one_line(cause)[-300:]
