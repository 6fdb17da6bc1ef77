"""PyTorch, eager: modules, autograd and its own fused optimizers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import torch
from loops import Stepper
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from workloads import Array, Job


def version() -> str:
    """Return the version."""
    return f"PyTorch {torch.__version__}"


def network(job: Job) -> nn.Sequential:
    """Return the network with the first parameters."""
    workload = job.workload
    hidden = {"tanh": nn.Tanh, "relu": nn.ReLU}[workload.hidden]
    layers = [nn.Linear(*shape) for shape in workload.layers]
    for n, layer in enumerate(layers, 1):
        for part in ("weight", "bias"):
            value = torch.tensor(job.first[f"dense{n}.{part}"])
            setattr(layer, part, nn.Parameter(value))
    parts = list(chain.from_iterable((layer, hidden()) for layer in layers))[:-1]
    return nn.Sequential(*parts, *[nn.Sigmoid()] * (workload.loss == "mse"))


def optimizer(job: Job, net: nn.Module) -> torch.optim.Optimizer:
    """Return the update rule."""
    adam = job.workload.optimizer == "adam"
    kind: Any = torch.optim.Adam if adam else torch.optim.SGD
    made: torch.optim.Optimizer = kind(net.parameters(), job.workload.rate, fused=True)
    return made


def prepare(job: Job) -> Stepper:
    """Return the peer."""
    torch.set_num_threads(job.threads)
    net: list[Any] = []
    mse = job.workload.loss == "mse"
    error: Callable[..., Any] = functional.mse_loss if mse else functional.cross_entropy

    def restart() -> None:
        made = network(job)
        net[:] = [made, optimizer(job, made)]

    def step(x: Any, t: Any) -> None:
        model, rule = net
        rule.zero_grad(set_to_none=True)
        error(model(x), t).backward()
        rule.step()

    def read() -> dict[str, Array]:
        linear = [layer for layer in net[0] if isinstance(layer, nn.Linear)]
        return {
            f"dense{n}.{part}": getattr(layer, part).detach().numpy().copy()
            for n, layer in enumerate(linear, 1)
            for part in ("weight", "bias")
        }

    def array(given: Array) -> Any:
        targets = given is job.T and not mse
        return torch.from_numpy(job.labels if targets else given)

    return Stepper(job, restart, step, read, array, torch.from_numpy)
