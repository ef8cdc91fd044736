"""A start for G from random weights: it learns to draw what the principal components of the pictures draw.

With a D on frozen features, the first gradients of a G that draws noise point one way for all latents, and it soon
draws one picture whatever its latent; each by itself looks right to D. A G that has learnt to draw a Gaussian with the
mean and the covariance of the pictures, roughly looked at, uses all its latents, knows the colours and where what is,
and holds no picture by heart. It takes a minute. It is not the paper's.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from amgan.data.labelled_images import LabelledImages
from amgan.training.batches import one_epoch, to_unit_range
from amgan.training.class_means import class_means

LOOKED_AT = 4096
"""Pictures, at most, whose components are taken; they tell no more of a larger set."""

SIDE = 32
"""Pictures are looked at no larger: the first hundred components have no finer parts."""

BATCH = 64
LEARNING_RATE = 2e-3
BETAS = (0.5, 0.99)


class PrincipalComponents:
    """A Gaussian around the mean of each class with the covariance that the pictures have within their classes.

    Attributes:
        means: (K, D) for K classes, or (1, D), D the numbers of a picture of at most `SIDE` pixels.
        components: (latent_dim, D), each as long as its deviation; what the pictures have no more of is 0.
    """

    def __init__(self, data: LabelledImages, latent_dim: int, by_class: bool) -> None:
        """Take the components of up to `LOOKED_AT` pictures of a set, chosen by the global random numbers.

        Args:
            data: The pictures, on the device that is to compute.
            latent_dim: How many components to take.
            by_class: Whether each class has a mean of its own.
        """
        chosen = one_epoch(data)[:LOOKED_AT].to(data.images.device)
        images = to_unit_range(data.images[chosen])
        self._size = images.shape[2]
        small = F.adaptive_avg_pool2d(images, min(SIDE, self._size))
        self._shape = small.shape[1:]
        flat, labels = small.flatten(1), data.labels[chosen]
        of_all = flat.mean(dim=0, keepdim=True)
        self.means = of_all
        if by_class:
            means, counts = class_means(flat, labels, len(data.class_names))
            # A class of which no picture was looked at has the mean of all.
            self.means = torch.where(counts.unsqueeze(1) > 0, means, of_all)
            flat = torch.where((labels >= 0).unsqueeze(1), flat - self.means[labels.clamp(min=0)], flat - of_all)
        else:
            flat = flat - of_all
        possible = min(latent_dim, *flat.shape)
        # In double, and so on the CPU: in fp32 components beyond the pictures' rank spoil the others by a percent.
        _, lengths, directions = torch.svd_lowrank(flat.cpu().double(), q=possible, niter=4)
        found = (directions * lengths / len(flat) ** 0.5).T.to(flat)
        self.components = F.pad(found, (0, 0, 0, latent_dim - possible))

    def draw(self, latents: Tensor, classes: Tensor | None) -> Tensor:
        """Pictures (N, C, size, size) in [-1, 1] of latents (N, latent_dim) and, one-hot as G takes them, classes."""
        means = self.means if classes is None else classes @ self.means
        drawn = (means + latents @ self.components).clamp(-1, 1).unflatten(1, self._shape)
        if drawn.shape[2] == self._size:
            return drawn
        return F.interpolate(drawn, size=(self._size, self._size), mode="bilinear", align_corners=False)


def draw_principal_components(
    generator: nn.Module, data: LabelledImages, latent_dim: int, by_class: bool, steps: int, accelerator: Accelerator
) -> float:
    """Let G learn what the principal components of the pictures draw of its latents.

    Args:
        generator: G, on the device of the pictures; it is changed.
        data: The pictures.
        latent_dim: Size of the latent vector.
        by_class: Whether G takes classes.
        steps: How many, each of a batch of `BATCH`; the rate falls to 0 over them.
        accelerator: Says in which precision.

    Returns:
        The part of the variance that G does not draw, from 0 to about 1.
    """
    wanted = PrincipalComponents(data, latent_dim, by_class)
    optimizer = torch.optim.Adam(generator.parameters(), LEARNING_RATE, BETAS, fused=True)
    device, kinds = data.images.device, len(data.class_names)
    one_hot = torch.eye(kinds, device=device)
    lost = torch.ones((), device=device)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / steps)
        latents = torch.randn(BATCH, latent_dim, device=device)
        classes = one_hot[torch.randint(kinds, (BATCH,), device=device)] if by_class else None
        target = wanted.draw(latents, classes)
        with accelerator.autocast():
            drawn = generator(latents, classes)
        loss = F.mse_loss(drawn.float(), target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        lost = loss.detach() / target.var()
    return float(lost)
