"""Training with Accelerate: the data on the device, the adversarial step, exact resume, the loop."""

from amgan.training.config import TrainConfig
from amgan.training.run import train

__all__ = ["TrainConfig", "train"]
