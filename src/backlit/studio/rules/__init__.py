"""Why a number: the derivation of every element of a network, as rules for a page.

    pass  ->  formulas at some elements  ->  general  ->  templates with live numbers

A rule is of a quantity, however many elements it has. All of it is read from the
backward graph through `explain`: a page that fills in the numbers knows no formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.studio.rules.form import Rules as Rules
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
