"""The studio in a notebook: Jupyter, JupyterLab, VS Code, marimo.

The widget carries the whole front end, so that nothing is fetched. The page asks for
other networks, and for their detail, by messages: {id, of, spec} there, where `of` is
"bundle" or "detail", and {id, answer} or {id, error} back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec.structs import replace

from backlit.errors import BacklitError, OptionError
from backlit.studio.bundle import Bundle, bundle, whole
from backlit.studio.detail import Detail, detail
from backlit.studio.fitting import sample_for
from backlit.studio.opening import opened
from backlit.studio.page import asset
from backlit.studio.spec import checked, read

try:
    import anywidget
    import traitlets
except ModuleNotFoundError:
    raise OptionError(
        "a studio in a notebook needs anywidget: pip install 'backlit[notebook]'"
    ) from None

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.studio.spec import Spec
    from backlit.studio.trained import Network


class Widget(anywidget.AnyWidget):
    """A studio that a notebook shows.

    Args:
        spec: What it shows.

    Raises:
        NetworkError: The spec does not describe a network.
        DataError: The front end has not been built, or the table cannot be used.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    bundle = traitlets.Unicode().tag(sync=True)

    def __init__(self, spec: Spec) -> None:
        script, style = asset("studio.js"), asset("studio.css")
        started = msgspec.json.encode(whole(bundle(spec))).decode()
        super().__init__(_esm=script, _css=style, bundle=started)
        self.on_msg(self._answer)

    def _answer(self, _: Any, message: Any, __: Any) -> None:
        """Answer what a page asks, or say in one line why not."""
        number = message.get("id")
        try:
            found = msgspec.json.encode(_asked(message))
        except BacklitError as error:
            self.send({"id": number, "error": str(error)})
        else:
            self.send({"id": number, "answer": found.decode()})


def _asked(message: dict[str, Any]) -> Bundle | Detail:
    make = detail if message.get("of") == "detail" else bundle
    return make(read(msgspec.json.encode(message.get("spec"))))


def widget(net: Network, data: str | Path | None, sample: Any) -> Widget:
    """Return a studio of a network on a table, or on a sample (x, t) if one is given.

    Raises:
        DataError: The table or the sample do not fit the network.
    """
    spec = opened(net, data=data)
    if data is None and sample is not None:
        x, t = (np.asarray(part, "f8") for part in sample)
        spec = replace(spec, sample=sample_for(net.architecture, (x, t)))
    return Widget(checked(spec))
