"""What `import backlit` offers: networks, their training, gradients, and operations.

Every operation of `ops` is a function here too.
"""

import backlit.ops as ops  # noqa: PLR0402 - the package loads this module itself
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

__all__ = [
    "SGD", "Adagrad", "Adam", "AdamW", "Constant", "Cosine", "Dense", "EarlyStopping",
    "Exponential", "Initialiser", "InverseScaling", "Network", "RMSprop", "Step",
    "WarmUp", "grad", "load", "ops", "trace_function", "value_and_grad", "vjp",
]  # fmt: skip
__all__ += ops.__all__

globals().update({name: getattr(ops, name) for name in ops.__all__})
