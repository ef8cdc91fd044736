"""What an architecture is: what its nets are built from, what they must do, and how they draw and judge fast."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from amgan.networks.objectives import mean_of_heads

Labeling = Literal["dynamic", "predefined"]
Weights = dict[str, Tensor]
"""Tensors by their names in a state_dict."""
ImageSize = Literal[32, 64, 128]


@dataclass(frozen=True)
class NetConfig:
    """What the nets of any architecture are built from; `amgan.networks.config.ModelConfig` is one, and checks it.

    Attributes:
        class_names: Names of the K classes, in the order of the label numbers 0..K-1.
        objective: Key of `amgan.networks.objectives.OBJECTIVES`, the paper's models.
        labeling: "dynamic" (G takes noise only, D names the class) or "predefined" (the class is an input of G).
        image_size: Side of the square pictures in pixels.
        channels: 1 (grey) or 3 (RGB).
        latent_dim: Size of the latent vector z.
        generator_width: Feature maps of G at its last resolution (96 in the paper's code).
        discriminator_width: Feature maps of D's first layer (64 in the paper's code).
    """

    class_names: tuple[str, ...]
    objective: str = "am-gan"
    labeling: Labeling = "dynamic"
    image_size: ImageSize = 32
    channels: Literal[1, 3] = 3
    latent_dim: int = 100
    generator_width: int = 96
    discriminator_width: int = 64

    @property
    def num_classes(self) -> int:
        """K, the number of classes."""
        return len(self.class_names)

    @property
    def is_predefined(self) -> bool:
        """Whether the class is an input of G."""
        return self.labeling == "predefined"


class DiscriminatorNet(nn.Module):
    """D of any architecture: a part that only sees, if it has one, and a part that learns, in `forward`.

    `forward` takes what `perceive` gives and returns raw logits, (N, K), or (N, K+1) where the objective has a real
    unit; a D of several heads returns theirs, (heads, N, ...). In training each head has the whole loss. Whatever a
    picture's logits depend on is in the state_dict, which a release holds; what of it does not learn is a buffer, of
    any floating type, or a parameter that requires no gradient.
    """

    def perceive(self, images: Tensor) -> tuple[Tensor, ...]:
        """What `forward` takes of pictures (N, C, size, size) in [-1, 1]; a training step asks it once for each batch.

        Gradients to the pictures go through it, but nothing in it learns.
        """
        return (images,)

    @property
    def learning(self) -> list[nn.Parameter]:
        """The parameters that an optimizer is given."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """While G learns from D: the weights' gradients are neither computed nor reduced over processes."""
        learning = self.learning
        for parameter in learning:
            parameter.requires_grad_(False)
        try:
            yield
        finally:
            for parameter in learning:
                parameter.requires_grad_(True)

    def answer(self, images: Tensor) -> Tensor:
        """D's raw logits of pictures, (N, K) or (N, K+1): the mean of its heads'."""
        return mean_of_heads(self(*self.perceive(images)))

    def embed(self, images: Tensor) -> Tensor:
        """What D sees in pictures (N, C, size, size) in [-1, 1] last, (N, F): in eval mode its answer is linear in it.

        The answer itself, if an architecture has nothing that says more.
        """
        return self.answer(images)


@dataclass(frozen=True)
class Architecture:
    """A kind of G and D: a row of `amgan.networks.architectures.ARCHITECTURES`.

    Attributes:
        generator: Builds G with its first weights: latents (N, latent_dim) and, for predefined labeling, class weights
            (N, K) to pictures in [-1, 1]. On the meta device, where a release is read, nothing may be drawn or opened.
        discriminator: Builds D likewise.
        drawing: G in eval mode and fp32, on its device, as a function from rows (N, latent_dim [+ K]) to fp32
            pictures, with arithmetic in fp32 or bf16.
        judging: D likewise, always in fp32, as a function from pictures to D's answer. Of both a row's bits should not
            depend on the other rows: `amgan.sampling.rendering` looks, and cuts batches to where they do not.
        first_layer: What G's first layer makes of latents (N, latent_dim) and, if it takes some, class weights (N, K),
            fp32 (N, F): the fewer layers a change of the latent passes, the more it is one thing in all pictures.
        class_input: Name of G's weight whose input columns behind latent_dim belong to classes.
        class_layers: Beginnings of the names of D's tensors that belong to classes.
        image_sizes: The sizes that its nets are made for.
        sentence: What its nets are and learnt from beside the training pictures, in a language by its code; for cards,
            the page and programs.
        of_another_size: What of G's weights is also good for pictures twice as large so many times, by the names there.
        kin: Other architectures whose G it can go on from, with what makes its G's weights of theirs.
    """

    generator: Callable[[NetConfig], nn.Module]
    discriminator: Callable[[NetConfig], DiscriminatorNet]
    drawing: Callable[[Any, torch.dtype], Callable[[Tensor], Tensor]]
    judging: Callable[[Any], Callable[[Tensor], Tensor]]
    first_layer: Callable[[Any, Tensor, Tensor | None], Tensor]
    class_input: str
    class_layers: tuple[str, ...]
    image_sizes: tuple[ImageSize, ...]
    sentence: Callable[[str], str]
    of_another_size: Callable[[Weights, int], Weights] | None = None
    kin: Mapping[str, Callable[[Weights], Weights]] = field(default_factory=dict)
