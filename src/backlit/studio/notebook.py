"""The studio in a notebook: Jupyter, JupyterLab, VS Code, marimo.

The widget carries the whole front end, so that nothing is fetched. The page asks for
other networks by messages: {id, spec} there, {id, bundle} or {id, error} back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import msgspec
import traitlets

from backlit.errors import BacklitError
from backlit.studio.bundle import bundle
from backlit.studio.page import asset
from backlit.studio.spec import read

if TYPE_CHECKING:
    from backlit.studio.spec import Spec


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
        started = msgspec.json.encode(bundle(spec)).decode()
        super().__init__(_esm=script, _css=style, bundle=started)
        self.on_msg(self._answer)

    def _answer(self, _: Any, message: Any, __: Any) -> None:
        """Compile another network, or say in one line why not."""
        number, spec = message.get("id"), message.get("spec")
        try:
            compiled = bundle(read(msgspec.json.encode(spec)))
        except BacklitError as error:
            self.send({"id": number, "error": str(error)})
        else:
            self.send({"id": number, "bundle": msgspec.json.encode(compiled).decode()})
