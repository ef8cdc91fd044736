"""Activation Maximization GANs (ICLR 2018): class-labelled image GANs that people can use."""

__version__ = "0.1.0"

from amgan.model import AMGAN

__all__ = ["AMGAN", "__version__"]
