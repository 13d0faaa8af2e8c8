"""The training loop: checkpoints often, and goes on where it stopped, on another machine too."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from miseban.learn.detector.batches import Batch, Batches, one
from miseban.learn.detector.loss import detection_loss, predicted
from miseban.learn.detector.network import PersonNet, Shape
from miseban.learn.detector.samples import Material
from miseban.vision.models.store import file_hash
from miseban.vocabulary.errors import BadInput, Failed

CHECKPOINT = "checkpoint.pt"
RATE, DECAY = 2.5e-3, 0.03
WARM_UP = 400
FALL = 0.35
"""Share of the run, at its end, in which the rate falls to nothing."""
AVERAGE = 0.9985
IMITATE = 2.0
"""Weight of imitating the teacher against finding people."""


KEPT = ("step", "shape", "net", "average", "imitation", "optimiser")
"""In every checkpoint; seed and teacher are in those of today."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``steps`` in all, each of about a million pixels; ``seed`` decides what is shown when;
    ``every_s`` seconds between checkpoints."""

    steps: int
    seed: int = 0
    threads: int = 1
    workers: int = 1
    every_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Progress:
    step: int
    score_loss: float
    box_loss: float
    imitation_loss: float
    steps_a_second: float


class Imitation(nn.Module):
    """How far the network's features are from the teacher's, which one convolution must give.

    The teacher's channels are brought to mean 0 and variance 1 (Romero and others, FitNets, 2015).
    """

    def __init__(self, width: int, channels: list[int]) -> None:
        super().__init__()
        self.reads = nn.ModuleList(nn.Conv2d(width, c, 1) for c in channels)
        self.norms = nn.ModuleList(nn.BatchNorm2d(c, affine=False) for c in channels)

    def forward(self, mine: list[Tensor], taught: list[Tensor]) -> Tensor:
        total = torch.zeros(())
        for read, norm, x, t in zip(self.reads, self.norms, mine, taught, strict=True):
            aim = norm(t.float()).clamp(-4, 4)
            total = total + nn.functional.smooth_l1_loss(read(x).float(), aim)
        return total / len(taught)


def train(
    material: Material,
    out: Path,
    plan: Plan,
    teacher: Path | None = None,
    shape: Shape | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> PersonNet:
    """Trains until ``plan.steps`` or ``stopped()`` and returns the averaged network.

    ``out`` keeps the checkpoint; one that is there is continued. Raises ``BadInput`` as
    ``checkpoint_of``, ``Failed`` (``no-picture``) if a picture has gone away meanwhile.
    """
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    out.mkdir(parents=True, exist_ok=True)
    net: PersonNet = PersonNet(shape).to(memory_format=torch.channels_last)
    average: PersonNet = copy.deepcopy(net).eval()
    imitation: Imitation | None = None
    state = checkpoint_of(out, plan.seed, teacher, net.shape)
    step: int = state["step"] if state else 0
    numbers = range(step, plan.steps)
    loader = DataLoader(
        Batches(material, plan.seed, numbers, teacher),
        batch_size=1,
        collate_fn=one,
        num_workers=plan.workers,
        prefetch_factor=4 if plan.workers else None,
    )
    optimiser: torch.optim.Optimizer | None = None
    saved = began = time.monotonic()
    first = step
    recent: list[Tensor] = []
    for batch in _readable(loader):
        if optimiser is None:
            if batch.taught:
                imitation = Imitation(net.shape.neck, [t.shape[1] for t in batch.taught])
            optimiser = _optimiser(net, imitation)
            if state:
                _restore(state, net, average, imitation, optimiser)
        rate = _rate(step, plan.steps)
        for group in optimiser.param_groups:
            group["lr"] = rate
        net.train()
        losses = _losses(net, imitation, batch)
        losses.sum().backward()
        nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        _follow(average, net, min(AVERAGE, (1 + step) / (10 + step)))
        recent.append(losses.detach())
        if len(recent) == 50:
            score, box, imitated = torch.stack(recent).mean(0).tolist()
            pace = (step - first) / (time.monotonic() - began)
            report(Progress(step, score, box, imitated, pace))
            recent.clear()
        done = step >= plan.steps or stopped()
        if done or time.monotonic() - saved > plan.every_s:
            _save(out / CHECKPOINT, {**_made_with(plan.seed, teacher), "step": step},
                  net, average, imitation, optimiser)  # fmt: skip
            saved = time.monotonic()
        if done:
            break
    if optimiser is None and state:
        _restore(state, net, average, None, None)
    return average


def averaged(checkpoint: Path) -> PersonNet:
    """The averaged network of a checkpoint. Raises ``BadInput`` (``no-checkpoint``, or
    ``other-checkpoint`` for a damaged one)."""
    state = _read(checkpoint)
    if state is None:
        raise BadInput("no-checkpoint", checkpoint, "expected a checkpoint, found none")
    net = PersonNet(Shape(**state["shape"]))
    net.load_state_dict(state["average"])
    net.eval()
    return net


def _losses(net: PersonNet, imitation: Imitation | None, batch: Batch) -> Tensor:
    """(3,) score, box and imitation loss, weighted."""
    pictures = batch.pictures.float().contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        maps, features = net(pictures)
    score, box = detection_loss(predicted(maps), batch.boxes, batch.counts)
    imitated = torch.zeros(())
    if imitation is not None:
        with torch.autocast("cpu", torch.bfloat16):
            imitated = IMITATE * imitation(features, batch.taught)
    return torch.stack([score, box, imitated])


def _optimiser(net: nn.Module, imitation: nn.Module | None) -> torch.optim.Optimizer:
    every = [*net.parameters(), *(imitation.parameters() if imitation else ())]
    decayed = [p for p in every if p.ndim > 1]
    others = [p for p in every if p.ndim <= 1]
    return torch.optim.AdamW(
        [{"params": decayed, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}], RATE
    )


def _rate(step: int, steps: int) -> float:
    warm = min(1.0, (step + 1) / WARM_UP)
    left = (steps - step) / (FALL * steps)
    return RATE * warm * min(1.0, max(left, 0.01))


@torch.no_grad()
def _follow(average: nn.Module, net: nn.Module, keep: float) -> None:
    """The average moves towards the network; running statistics likewise."""
    now = net.state_dict()
    for name, value in average.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(now[name], 1 - keep)
        else:
            value.copy_(now[name])


def _save(
    path: Path,
    made: dict[str, Any],
    net: PersonNet,
    average: PersonNet,
    imitation: Imitation | None,
    optimiser: torch.optim.Optimizer,
) -> None:
    """Whole or not at all: a run that is killed leaves the checkpoint before."""
    state = {
        **made,
        "shape": asdict(net.shape),
        "net": net.state_dict(),
        "average": average.state_dict(),
        "imitation": imitation.state_dict() if imitation else None,
        "optimiser": optimiser.state_dict(),
    }
    unfinished = path.with_suffix(".new")
    torch.save(state, unfinished)
    unfinished.replace(path)


def checkpoint_of(
    out: Path, seed: int, teacher: Path | None, shape: Shape | None = None
) -> dict[str, Any] | None:
    """What a run of this seed, teacher and shape goes on from; None for a fresh start. Raises
    ``BadInput`` (``other-checkpoint``) for a damaged one, or one of another run."""
    path = out / CHECKPOINT
    state = _read(path)
    if state is None:
        return None
    for name, mine in {**_made_with(seed, teacher), "shape": asdict(shape or Shape())}.items():
        if (theirs := state.get(name, mine)) != mine:
            what = f"made with {name} {theirs}, this run has {mine}; take another folder"
            raise BadInput("other-checkpoint", path, what)
    return state


def _made_with(seed: int, teacher: Path | None) -> dict[str, Any]:
    """What must stay the same from start to end. The teacher is known by its file's hash."""
    return {"seed": seed, "teacher": file_hash(teacher) if teacher else None}


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        state: Any = torch.load(path, weights_only=True)
    except (RuntimeError, UnpicklingError, EOFError, LookupError, ValueError, OSError):
        state = None
    if not isinstance(state, dict) or not set(KEPT) <= set(state):
        what = "damaged, or no checkpoint of this training; remove it, or take another folder"
        raise BadInput("other-checkpoint", path, what)
    return state


def _readable(loader: Iterable[Batch]) -> Iterator[Batch]:
    try:
        yield from loader
    except OSError as error:  # from the loader's process it comes with that one's whole traceback
        told = str(error).strip().splitlines()[-1]
        raise Failed("no-picture", "training", told) from error


def _restore(
    state: dict[str, Any],
    net: PersonNet,
    average: PersonNet,
    imitation: Imitation | None,
    optimiser: torch.optim.Optimizer | None,
) -> None:
    net.load_state_dict(state["net"])
    average.load_state_dict(state["average"])
    if imitation is not None and state["imitation"]:
        imitation.load_state_dict(state["imitation"])
    if optimiser is not None:
        optimiser.load_state_dict(state["optimiser"])
