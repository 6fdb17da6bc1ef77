"""backlit, a backpropagation workbench.

A network is lit from the back: forward pass, error, backward pass, update. Every
quantity has a name, can be read, and can be explained. Every operation of `ops` is a
function of this module too.
"""

from backlit import ops
from backlit.differentiate import grad, trace_function, value_and_grad, vjp
from backlit.model import Network, load
from backlit.network.architecture import Dense
from backlit.network.initialise import Initialiser
from backlit.train.stopping import EarlyStopping
from backlit.update.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop
from backlit.update.schedules import (
    Constant,
    Cosine,
    Exponential,
    InverseScaling,
    Step,
    WarmUp,
)

__version__ = "0.1.0"

__all__ = [
    "SGD", "Adagrad", "Adam", "AdamW", "Constant", "Cosine", "Dense", "EarlyStopping",
    "Exponential", "Initialiser", "InverseScaling", "Network", "RMSprop", "Step",
    "WarmUp", "grad", "load", "ops", "trace_function", "value_and_grad", "vjp",
]  # fmt: skip
__all__ += ops.__all__

globals().update({name: getattr(ops, name) for name in ops.__all__})
