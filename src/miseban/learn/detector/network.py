"""The built-in detector's network: plain 3x3 convolutions, which every runtime and int8 do well.

Backbone of cross-stage blocks (Wang and others, CSPNet, 2019), a path up and a path down that add
instead of stacking (Lin and others, FPN, 2016; Liu and others, PANet, 2018), one light head per
stride. Its output is coded as YOLOX codes it (arXiv 2107.08430, section 2), with one class.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

STRIDES = (8, 16, 32)


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide and deep: channels after strides 2, 4, 8, 16 and 32, 3x3 convolutions in the blocks
    of the last three, and the channels of neck and head."""

    widths: tuple[int, int, int, int, int] = (16, 32, 32, 96, 160)
    depths: tuple[int, int, int] = (2, 3, 3)
    neck: int = 64


class Unit(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inward: int, outward: int, size: int = 1, stride: int = 1, groups: int = 1):
        super().__init__(
            nn.Conv2d(inward, outward, size, stride, size // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outward, eps=1e-3, momentum=0.03),
            nn.ReLU(inplace=True),
        )


class Block(nn.Module):
    """Half of the channels pass ``depth`` residual 3x3 convolutions; all stages come together."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        half = width // 2
        self.enter = Unit(width, 2 * half)
        self.steps = nn.ModuleList(Unit(half, half, 3) for _ in range(depth))
        self.leave = Unit((2 + depth) * half, width)

    def forward(self, x: Tensor) -> Tensor:
        kept = list(self.enter(x).chunk(2, 1))
        for step in self.steps:
            kept.append(kept[-1] + step(kept[-1]))
        out: Tensor = self.leave(torch.cat(kept, 1))
        return out


class Context(nn.Module):
    """Three poolings of 5x5 in a row, so that one cell sees a whole near person."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.enter = Unit(width, width // 2)
        self.pool = nn.MaxPool2d(5, 1, 2)
        self.leave = Unit(width * 2, width)

    def forward(self, x: Tensor) -> Tensor:
        seen = [self.enter(x)]
        for _ in range(3):
            seen.append(self.pool(seen[-1]))
        out: Tensor = self.leave(torch.cat(seen, 1))
        return out


class Head(nn.Module):
    """Two separable convolutions, then for each cell centre, log size and score."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            Unit(width, width, 5, groups=width), Unit(width, width),
            Unit(width, width, 5, groups=width), Unit(width, width),
        )  # fmt: skip
        self.out = nn.Conv2d(width, 5, 1)
        nn.init.normal_(self.out.weight, std=0.01)
        nn.init.zeros_(self.out.bias)
        self.out.bias.data[4] = -4.6  # a hundredth of all cells are somebody

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The map, and the features it is read from."""
        seen = self.body(x)
        return self.out(seen), seen


class PersonNet(nn.Module):
    """Pictures (B, 3, H, W) BGR 0 to 255, H and W multiples of 32, to maps of who is where."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        shape = shape or Shape()
        a, b, c, d, e = shape.widths
        n = shape.neck
        self.shape = shape
        self.brightness = 1 / 255
        self.stem = nn.Sequential(Unit(3, a, 3, 2), Unit(a, b, 3, 2))
        self.c8 = nn.Sequential(Unit(b, c, 3, 2), Block(c, shape.depths[0]))
        self.c16 = nn.Sequential(Unit(c, d, 3, 2), Block(d, shape.depths[1]))
        self.c32 = nn.Sequential(Unit(d, e, 3, 2), Block(e, shape.depths[2]), Context(e))
        self.side = nn.ModuleList(Unit(width, n) for width in (c, d, e))
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.mix16, self.mix8 = Block(n, 1), Block(n, 1)
        self.down16, self.down32 = Unit(n, n, 3, 2), Unit(n, n, 3, 2)
        self.out16, self.out32 = Block(n, 1), Block(n, 2)
        self.heads = nn.ModuleList(Head(n) for _ in STRIDES)

    def features(self, pictures: Tensor) -> list[Tensor]:
        """(B, neck, H / s, W / s) for each stride s."""
        c8 = self.c8(self.stem(pictures * self.brightness))
        c16 = self.c16(c8)
        c32 = self.c32(c16)
        s8, s16, s32 = (side(x) for side, x in zip(self.side, (c8, c16, c32), strict=True))
        p16 = self.mix16(s16 + self.up(s32))
        p8 = self.mix8(s8 + self.up(p16))
        n16 = self.out16(p16 + self.down16(p8))
        n32 = self.out32(s32 + self.down32(n16))
        return [p8, n16, n32]

    def forward(self, pictures: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """For each stride (B, 5, H / s, W / s): centre offset x, y in cells, log width and height
        in strides, and the score before the sigmoid; and the features (B, neck, ...) of each."""
        both = [head(x) for head, x in zip(self.heads, self.features(pictures), strict=True)]
        return [each[0] for each in both], [each[1] for each in both]


class Exported(nn.Module):
    """As YOLOX's own files: rows (B, N, 6) of x, y, log w, log h, 1, score."""

    def __init__(self, net: PersonNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Tensor) -> Tensor:
        rows = []
        for each in self.net(images)[0]:
            box, score = each[:, :4], each[:, 4:].sigmoid()
            rows.append(torch.cat([box, torch.ones_like(score), score], 1).flatten(2))
        return torch.cat(rows, 2).transpose(1, 2)
