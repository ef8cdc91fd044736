"""G by onnxruntime beside the forms that draw here, in turns within one run, on one thread.

``pip install onnx onnxruntime``, then ``OMP_NUM_THREADS=1 python -m benchmarks.onnxruntime_generator``. To keep the
allocator's page faults, which hit eager most, out of the ratios: MALLOC_MMAP_THRESHOLD_=10000000000
MALLOC_TRIM_THRESHOLD_=20000000000.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper

from amgan.networks.config import ModelConfig
from amgan.networks.dcgan import BASE_SIZE, LEAKY_SLOPE, Generator
from amgan.networks.dcgan_folded import generator_layers

WIDTHS = (32, 96)
BATCHES = (1, 8, 64)
ROUNDS = 8


def onnx_generator(generator: Generator) -> Callable[[torch.Tensor], np.ndarray]:
    """The folded G as a graph that onnxruntime runs on one thread."""
    (weight, bias), upsample, (last, last_bias) = generator_layers(generator)
    weights = {
        "w": weight.permute(2, 0, 1, 3).flatten(0, 2),
        "b": bias.repeat_interleave(BASE_SIZE**2),
        "shape": torch.tensor([-1, weight.shape[2], BASE_SIZE, BASE_SIZE]),
    }
    nodes = [
        helper.make_node("Gemm", ["z", "w", "b"], ["flat"], transB=1),
        helper.make_node("LeakyRelu", ["flat"], ["bent"], alpha=LEAKY_SLOPE),
        helper.make_node("Reshape", ["bent", "shape"], ["x0"]),
    ]
    doubling = {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}
    for number, (kernel, shift) in enumerate([*upsample, (last, last_bias)]):
        weights |= {f"k{number}": kernel, f"s{number}": shift}
        inputs = [f"x{number}", f"k{number}", f"s{number}"]
        if number < len(upsample):
            nodes.append(helper.make_node("ConvTranspose", inputs, [f"y{number}"], **doubling))
            nodes.append(helper.make_node("LeakyRelu", [f"y{number}"], [f"x{number + 1}"], alpha=LEAKY_SLOPE))
        else:
            nodes.append(helper.make_node("Conv", inputs, ["y"], pads=[1, 1, 1, 1]))
    nodes.append(helper.make_node("Tanh", ["y"], ["images"]))
    graph = helper.make_graph(
        nodes,
        "generator",
        [helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, ["n", weight.shape[3]])],
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, ["n", len(last), "h", "w"])],
        [numpy_helper.from_array(value.detach().numpy(), name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(None, {"z": inputs.numpy()})[0]


@torch.inference_mode()
def main() -> None:
    """Print pictures a second of each form, by width and batch."""
    torch.set_num_threads(1)
    for width in WIDTHS:
        config = ModelConfig(class_names=tuple("abcdefghij"), generator_width=width, discriminator_width=32)
        torch.manual_seed(0)
        generator = config.nets.generator(config).eval()
        forms: dict[str, Callable[[torch.Tensor], object]] = {"eager fp32": generator}
        for name, dtype in (("ours fp32", torch.float32), ("ours bf16", torch.bfloat16)):
            forms[name] = config.nets.drawing(generator, dtype)
        forms["onnxruntime fp32"] = onnx_generator(generator)
        for batch in BATCHES:
            inputs = torch.randn(batch, config.latent_dim)
            seconds: dict[str, list[float]] = {name: [] for name in forms}
            for _ in range(ROUNDS):
                for name, form in forms.items():
                    form(inputs)
                    times = max(2, 64 // batch)
                    started = time.perf_counter()
                    for _ in range(times):
                        form(inputs)
                    seconds[name].append((time.perf_counter() - started) / times)
            rates = {name: round(batch / statistics.median(taken)) for name, taken in seconds.items()}
            print(f"width {width}, batch {batch}: {rates}", flush=True)


if __name__ == "__main__":
    main()
