"""One adversarial step: D learns from a real and a generated batch, then G learns from D.

Where it differs from the authors' code (and the settings in `config.py` from theirs): the same generated batch serves D
and then G, batches are of 64 unless asked otherwise, the learning rates are constant unless asked to fall, and what is
released is a moving average of G with batch norm statistics measured anew (`standing_statistics.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import Optimizer

from amgan.networks.architecture import DiscriminatorNet
from amgan.networks.config import ModelConfig
from amgan.networks.objectives import OBJECTIVES, Logits, discriminator_loss, dynamic_targets, generator_loss
from amgan.training.adaptive_strength import AdaptiveStrength
from amgan.training.augmentation import Augmentation, augmented
from amgan.training.variety import lack_of_variety

Perceived = tuple[Tensor, ...]


@dataclass
class Networks:
    """The two nets and their optimizers, as `Accelerator.prepare` gives them."""

    generator: nn.Module
    discriminator: nn.Module
    generator_optimizer: Optimizer
    discriminator_optimizer: Optimizer


class AdversarialStep:
    """One update of D, then one of G, for any objective and both labelings.

    The fakes are made, augmented and perceived once: D learns from them detached, G's loss goes through the same graph.
    D is frozen while G learns, and G's loss takes the bare D, so that none of its gradients are reduced over processes.
    """

    def __init__(
        self,
        config: ModelConfig,
        networks: Networks,
        accelerator: Accelerator,
        memory_format: torch.memory_format,
        augmentation: Augmentation = "none",
        variety: float = 0.0,
        strength: AdaptiveStrength | None = None,
    ) -> None:
        self._config = config
        self._objective = OBJECTIVES[config.objective]
        self._networks = networks
        self._accelerator = accelerator
        self._memory_format = memory_format
        self._augmentation = augmentation
        self._variety = variety
        self._strength = strength
        self._bare_discriminator: DiscriminatorNet = accelerator.unwrap_model(networks.discriminator)

    def __call__(
        self, images: Tensor, labels: Tensor, generator_learns: bool = True, kept_out: Tensor | None = None
    ) -> Tensor:
        """Update both nets once, or D alone.

        Args:
            images: Real pictures in [-1, 1], fp32 (B, C, size, size).
            labels: Their classes, int64 (B,); `UNLABELLED` for those without one.
            generator_learns: Whether G is updated too.
            kept_out: Real pictures that D never learns from, likewise, where the augmentation's strength is to follow
                what it makes of them.

        Returns:
            fp32 (4,) on the device, without a graph: D's loss, G's loss, mean sigmoid of the real/fake logit on real
            and on generated pictures; where variety is asked, (5,) with what G's pictures lack in it, from 0 to 1.
        """
        nets, objective = self._networks, self._objective
        latents = torch.randn(len(images), self._config.latent_dim, device=images.device)
        drawn, classes = self._draw_classes(len(images), images.device)
        with torch.set_grad_enabled(generator_learns):
            fakes = nets.generator(latents, classes)
            with self._accelerator.autocast():
                seen_fakes = self._perceive(fakes)
        seen = self._perceive_real(images)
        detached = tuple(part.detach() for part in seen_fakes)
        real, fake = (self._answer(nets.discriminator, parts) for parts in (seen, detached))
        targets = dynamic_targets(fake) if drawn is None else drawn
        d_loss = discriminator_loss(objective, real, labels, fake, targets)
        self._update(nets.discriminator_optimizer, d_loss)

        with self._bare_discriminator.frozen(), torch.set_grad_enabled(generator_learns):
            with self._accelerator.autocast():
                judged = self._answer(self._bare_discriminator, seen_fakes)
            targets = dynamic_targets(judged) if drawn is None else drawn
            g_loss = generator_loss(objective, judged, targets)
            lack = self._lack_of_variety(seen_fakes, targets, seen, labels)
            if generator_learns:
                self._update(nets.generator_optimizer, sum((self._variety * each for each in lack), g_loss))

        if kept_out is not None and self._strength is not None:
            self._strength.follow(self._mean_answers(seen, self._perceive_real(kept_out), detached))
        real_share, fake_share = real.real.detach().sigmoid().mean(), fake.real.detach().sigmoid().mean()
        return torch.stack(
            [d_loss.detach(), g_loss.detach(), real_share, fake_share, *(each.detach() for each in lack)]
        )

    @torch.no_grad()
    def _perceive_real(self, images: Tensor) -> Perceived:
        with self._accelerator.autocast():
            return self._perceive(images)

    def _perceive(self, images: Tensor) -> Perceived:
        strength = None if self._strength is None else self._strength.value
        images = augmented(images, self._augmentation, strength).contiguous(memory_format=self._memory_format)
        return self._bare_discriminator.perceive(images)

    @torch.no_grad()
    def _mean_answers(self, *batches: Perceived) -> Tensor:
        """D's mean real/fake logit on each of them over all processes, in eval mode, which changes nothing in it."""
        net = self._bare_discriminator.eval()
        with self._accelerator.autocast():
            answers = torch.stack([self._answer(net, batch).real.float().mean() for batch in batches])
        net.train()
        return self._accelerator.reduce(answers, reduction="mean")

    def _answer(self, discriminator: nn.Module, seen: Perceived) -> Logits:
        return Logits.split(discriminator(*seen), self._objective)

    def _lack_of_variety(self, fakes: Perceived, targets: Tensor, real: Perceived, labels: Tensor) -> list[Tensor]:
        """One number, or none where nobody asks for variety."""
        if not self._variety:
            return []
        return [lack_of_variety(fakes, targets, real, labels, self._config.num_classes)]

    def _draw_classes(self, count: int, device: torch.device) -> tuple[Tensor | None, Tensor | None]:
        if not self._config.is_predefined:
            return None, None
        drawn = torch.randint(self._config.num_classes, (count,), device=device)
        # Not F.one_hot: it reads its input's smallest and largest value, which on some devices is a sync.
        return drawn, torch.zeros(count, self._config.num_classes, device=device).scatter_(1, drawn.unsqueeze(1), 1.0)

    def _update(self, optimizer: Optimizer, loss: Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        self._accelerator.backward(loss)
        optimizer.step()
