"""The rules of a network: of a pass over one sample, and over a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.studio.rules.form import Rules
from backlit.studio.rules.passes import passed
from backlit.studio.rules.reading import Reading

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer


def rules(architecture: Architecture, optimizer: Optimizer, *, batches: bool) -> Rules:
    """Return the rules of a network.

    Args:
        architecture: The network.
        optimizer: Its update rule.
        batches: Whether a step may be over several samples.
    """
    readings = [
        Reading(passed(architecture, batched=batched), optimizer)
        for batched in (False, True)
    ]
    single, batch = readings
    return Rules(single.rules(), batch.rules() if batches else {}, single.same())
