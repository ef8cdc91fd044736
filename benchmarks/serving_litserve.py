"""LitServe with its own batching around the same model: ``python -m benchmarks.serving_litserve MODEL PORT``.

One picture a call, as JSON with a base64 PNG and its seed, drawn by the same sampler.
"""

from __future__ import annotations

import base64
import sys

import litserve
import torch

from amgan import AMGAN
from amgan.sampling.media import encode_png

BATCH = 64


def answers(model: AMGAN, seeds: list[int]) -> list[dict[str, object]]:
    """One answer for each seed."""
    pictures, _ = model.sampler.sample(seeds, [None] * len(seeds))
    return [
        {"seed": seed, "png": base64.b64encode(encode_png(picture)).decode()} for seed, picture in zip(seeds, pictures)
    ]


class Api(litserve.LitAPI):
    """The model behind LitServe's interface; it starts this class in a process of its own."""

    def setup(self, device: str) -> None:
        """Load the model."""
        torch.set_num_threads(1)
        self.model = AMGAN.from_pretrained(sys.argv[1])
        self.model.sample(seeds=range(BATCH))

    def decode_request(self, request: dict[str, int]) -> int:
        """The seed that a call asks for."""
        return request["seed"]

    def predict(self, seeds: list[int]) -> list[dict[str, object]]:
        """A batch of seeds."""
        return answers(self.model, seeds)

    def encode_response(self, output: dict[str, object]) -> dict[str, object]:
        """One answer."""
        return output


if __name__ == "__main__":
    api = Api(max_batch_size=BATCH, batch_timeout=0.002)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    # It takes mcp 2 for the mcp that it knows, and does not start.
    litserve.server._MCP_AVAILABLE = False
    server.run(host="127.0.0.1", port=int(sys.argv[2]), generate_client_file=False, log_level="error")
