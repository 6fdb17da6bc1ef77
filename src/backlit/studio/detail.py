"""What a page shows of a network once it is asked: opened layers, neurons, derivations.

    Spec  ->  openings, neurons  (near)
          ->  rules of every number

It takes longer to read than all else, and no first picture needs it: a page that can
ask does so when that picture is there. One that cannot ask has it in its bundle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from backlit.studio.limits import refuse_large
from backlit.studio.near import Opening, neurons, openings
from backlit.studio.picture import Picture  # noqa: TC001 - msgspec reads it
from backlit.studio.rules.form import Rules  # noqa: TC001 - msgspec reads it
from backlit.studio.rules.network import rules

if TYPE_CHECKING:
    from backlit.studio.spec import Spec


class Detail(msgspec.Struct, frozen=True):
    """A network as a page is asked about it.

    Attributes:
        openings: The diagram with a wide layer opened, by the name of its fold.
        neurons: The drawing of a neuron of each layer.
        rules: The derivation of every number.
    """

    openings: dict[str, Opening]
    neurons: dict[str, Picture]
    rules: Rules


def detail(spec: Spec) -> Detail:
    """Return what a page shows of a network once it is asked.

    It depends on `Spec.explained` alone.

    Raises:
        NetworkError: The spec does not describe a network.
        OptionError: A number is out of range, or the network too large for a page.
    """
    architecture = spec.architecture
    refuse_large(architecture)
    return Detail(
        openings(architecture),
        neurons(architecture),
        rules(architecture, spec.update, batches=spec.batched),
    )
