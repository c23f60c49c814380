"""Two training loops as people write them, not for this program: a DCGAN after PyTorch's own example, and one in the
style of Keras. `mistake` puts one of the common bugs into them; the line is marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from watch.keras_models import Activation, BatchNormalization, Dense, Model, entropy

nz, ngf, ndf, nc, size, batch = 8, 4, 4, 1, 16, 16
real_label, fake_label = 1.0, 0.0


def drawn(count: int, rng: np.random.Generator) -> np.ndarray:
    """Bright soft discs on black, (N, 1, 16, 16) in [-1, 1]: something to learn in a few steps."""
    y, x = np.mgrid[0:size, 0:size]
    cy, cx, r = (rng.uniform(low, high, (count, 1, 1)) for low, high in ((5, 11), (5, 11), (2, 5)))
    distance = np.hypot(y - cy, x - cx)
    return np.tanh(2 * (r - distance))[:, None].astype(np.float32)


# ---------------------------------------------------------------------- after pytorch/examples/dcgan/main.py


def weights_init(m: nn.Module) -> None:
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        torch.nn.init.normal_(m.weight, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        torch.nn.init.normal_(m.weight, 1.0, 0.02)
        torch.nn.init.zeros_(m.bias)


def generator(mistake: str) -> nn.Sequential:
    last = [nn.BatchNorm2d(nc)] if mistake == "batchnorm_before_tanh" else []
    return nn.Sequential(
        nn.ConvTranspose2d(nz, ngf * 2, 4, 1, 0, bias=False), nn.BatchNorm2d(ngf * 2), nn.ReLU(True),
        nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, bias=False), nn.BatchNorm2d(ngf), nn.ReLU(True),
        nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False), *last, nn.Tanh(),
    )  # fmt: skip


def discriminator() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(nc, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(ndf, ndf * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(ndf * 2), nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(ndf * 2, 1, 4, 1, 0, bias=False), nn.Sigmoid(),
    )  # fmt: skip


def dcgan(steps: int, mistake: str = "none", lr: float = 0.002, seed: int = 999) -> Iterator[dict[str, Any]]:
    """The loop; what it has in each step is yielded, as one would hand it over."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    netG, netD = generator(mistake), discriminator()
    netG.apply(weights_init)
    netD.apply(weights_init)
    criterion = nn.BCEWithLogitsLoss() if mistake == "double_sigmoid" else nn.BCELoss()
    # BCELoss takes no labels above 1 on every device; written out, it is the same.
    d_criterion = (lambda p, y: entropy(y, p)) if mistake == "smoothing_sign" else criterion
    optimizerD = torch.optim.Adam(netD.parameters(), lr=lr, betas=(0.5, 0.999))
    optimizerG = torch.optim.Adam(netG.parameters(), lr=lr, betas=(0.5, 0.999))
    if mistake == "d_in_eval":
        netD.eval()  # the mistake: left so after taking samples
    real_target, fake_target = real_label, fake_label
    if mistake == "swapped_labels":
        real_target, fake_target = fake_label, real_label  # the mistake
    if mistake == "smoothing_sign":
        real_target = real_label + 0.2  # the mistake: minus was meant
    for _ in range(steps):
        # (1) Update D network: maximize log(D(x)) + log(1 - D(G(z)))
        if mistake != "no_zero_grad":  # the mistake is to leave it out
            netD.zero_grad()
        real = torch.from_numpy(drawn(batch, rng))
        label = torch.full((batch,), real_target)
        output = netD(real).view(-1)
        real_output = output
        errD_real = d_criterion(output, label)
        errD_real.backward()
        noise = torch.randn(batch, nz, 1, 1)
        fake = netG(noise)
        label.fill_(fake_target)
        fake_output = netD(fake.detach()).view(-1)
        errD_fake = d_criterion(fake_output, label)
        errD_fake.backward()
        errD = errD_real + errD_fake
        optimizerD.step()
        # (2) Update G network: maximize log(D(G(z)))
        if mistake != "no_zero_grad":
            netG.zero_grad()
        if mistake == "other_noise_for_d":
            fake = netG(torch.randn(batch, nz, 1, 1))  # D was shown other images than those of G's step
        label.fill_(fake_label if mistake == "fake_label_for_g" else real_label)
        output = netD(fake.detach() if mistake == "detached_generator" else fake).view(-1)
        errG = criterion(output, label)
        errG.backward()
        optimizerG.step()
        if mistake == "d_not_frozen":
            optimizerD.step()  # the mistake: G's step trains D as well, towards G's aim
        yield {
            "fake": fake, "loss_d": errD, "loss_g": errG, "real_logits": real_output, "fake_logits": fake_output,
            "generator": netG, "discriminator": netD,
        }  # fmt: skip


# ---------------------------------------------------------------------- in the style of Keras-GAN's gan.py


def keras_like(
    steps: int, mistake: str = "none", lr: float = 0.001, seed: int = 3, *, norm_d: bool = False
) -> Iterator[dict[str, Any]]:
    """The loop: train_on_batch for D twice, then the combined model for G."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    last = [BatchNormalization(size * size)] if mistake == "batchnorm_before_tanh" else []
    generator = Model(
        Dense(nz, 128), BatchNormalization(128), Activation(nn.LeakyReLU(0.2)),
        Dense(128, size * size), *last, Activation(nn.Tanh(), (size, size, nc)),
    )  # fmt: skip
    discriminator = Model(
        Activation(nn.Identity(), (size * size,)), Dense(size * size, 128),
        *([BatchNormalization(128)] if norm_d else []), Activation(nn.LeakyReLU(0.2)),
        Dense(128, 64), Activation(nn.LeakyReLU(0.2)), Dense(64, 1), Activation(nn.Sigmoid()),
    )  # fmt: skip
    loss = "from_logits=True" if mistake == "double_sigmoid" else "binary_crossentropy"
    if mistake == "d_in_eval":
        discriminator.layers[2].trainable = False  # the mistake: BatchNorm by its averages, as for fine-tuning
    discriminator.compile(loss, lr)
    if mistake != "d_not_frozen":  # the mistake is to leave it out
        discriminator.trainable = False
    if mistake == "detached_generator":
        generator.trainable = False  # the mistake: left over from another experiment
    combined = Model(generator, discriminator)
    combined.compile(loss, lr)
    discriminator.trainable = generator.trainable = True
    if mistake == "d_in_eval":
        discriminator.layers[2].trainable = False
    valid, fake = np.ones((batch, 1)), np.zeros((batch, 1))
    if mistake == "swapped_labels":
        valid, fake = fake, valid  # the mistake
    smooth = valid + (0.2 if mistake == "smoothing_sign" else 0.0)  # the mistake: minus was meant
    clears = mistake != "no_zero_grad"  # the mistake: zero_grad() left out of a train_step of one's own
    for _ in range(steps):
        imgs = np.moveaxis(drawn(batch, rng), 1, -1)
        noise = rng.normal(0, 1, (batch, nz)).astype(np.float32)
        gen_imgs = generator.predict(noise)
        real_p, fake_p = discriminator.predict(imgs), discriminator.predict(gen_imgs)
        d_loss_real = discriminator.train_step(imgs, smooth, clears=clears)
        d_loss_fake = discriminator.train_step(gen_imgs, fake, clears=clears)
        d_loss = 0.5 * (d_loss_real + d_loss_fake)
        if mistake == "other_noise_for_d":
            noise = rng.normal(0, 1, (batch, nz)).astype(np.float32)  # D was shown images of other noise
        aim = np.zeros((batch, 1)) if mistake == "fake_label_for_g" else np.ones((batch, 1))
        g_loss = combined.train_step(noise, aim, clears=clears)
        yield {
            "fake": gen_imgs, "loss_d": d_loss, "loss_g": g_loss, "real_logits": real_p, "fake_logits": fake_p,
            "generator": generator, "discriminator": discriminator,
        }  # fmt: skip
