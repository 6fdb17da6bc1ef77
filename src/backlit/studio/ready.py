"""A spec made ready for a page: what its mistakes are is told before it is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.studio.limits import refuse_large
from backlit.studio.refit import as_wished
from backlit.studio.table import Table, samples_of

if TYPE_CHECKING:
    from backlit.studio.spec import Spec


def ready(spec: Spec) -> tuple[Spec, Table]:
    """Return a spec with its wishes fulfilled, and its samples.

    Raises:
        NetworkError: The spec does not describe a network.
        DataError: Its table cannot be learnt from.
        OptionError: A number is out of range, or the network too large for a page.
    """
    spec = as_wished(spec)
    refuse_large(spec.architecture)
    return spec, samples_of(spec)
