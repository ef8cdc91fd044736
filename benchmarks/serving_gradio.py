"""Gradio's own queue around the same model, for comparison: ``python -m benchmarks.serving_gradio KIND MODEL PORT``.

One picture a call, as JSON with a base64 PNG and its seed, drawn by the same sampler.
"""

from __future__ import annotations

import sys

import torch

from amgan import AMGAN
from benchmarks.serving_litserve import BATCH, answers


def serve_gradio(folder: str, port: int, batch: bool) -> None:
    """Gradio's own queue, on /gradio_api/call/predict, with `batch=True` or with a function that does nothing."""
    import gradio as gr

    if batch:
        model = AMGAN.from_pretrained(folder)
        model.sample(seeds=range(BATCH))

        def predict(seeds: list[int]) -> tuple[list[dict[str, object]]]:
            return (answers(model, [int(seed) for seed in seeds]),)
    else:

        def predict(seed: int) -> int:
            return seed

    with gr.Blocks(analytics_enabled=False) as page:
        gr.api(predict, api_name="predict", batch=batch, max_batch_size=BATCH)
    page.queue(api_open=False, max_size=1000, status_update_rate=2)
    page.launch(server_name="127.0.0.1", server_port=port, quiet=True, run_history=False, enable_monitoring=False)


if __name__ == "__main__":
    torch.set_num_threads(1)
    kind, model_folder, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    match kind:
        case "gradio-batch":
            serve_gradio(model_folder, number, batch=True)
        case "gradio-noop":
            serve_gradio(model_folder, number, batch=False)
        case _:
            sys.exit(f"no such kind: {kind}")
