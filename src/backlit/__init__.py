"""backlit, a backpropagation workbench.

A network is lit from the back: forward pass, error, backward pass, update. Every
quantity has a name, can be read, and can be explained.
"""

from backlit import ops as ops
from backlit.differentiate import grad as grad
from backlit.differentiate import trace_function as trace_function
from backlit.differentiate import value_and_grad as value_and_grad
from backlit.differentiate import vjp as vjp
from backlit.model import Network as Network
from backlit.model import load as load
from backlit.network.architecture import Dense as Dense
from backlit.network.initialise import Initialiser as Initialiser
from backlit.train.stopping import EarlyStopping as EarlyStopping
from backlit.update.optimizers import SGD as SGD
from backlit.update.optimizers import Adagrad as Adagrad
from backlit.update.optimizers import Adam as Adam
from backlit.update.optimizers import AdamW as AdamW
from backlit.update.optimizers import RMSprop as RMSprop
from backlit.update.schedules import Constant as Constant
from backlit.update.schedules import Cosine as Cosine
from backlit.update.schedules import Exponential as Exponential
from backlit.update.schedules import InverseScaling as InverseScaling
from backlit.update.schedules import Step as Step
from backlit.update.schedules import WarmUp as WarmUp

__version__ = "0.1.0"

globals().update({name: getattr(ops, name) for name in ops.__all__})
