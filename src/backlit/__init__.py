"""backlit, a backpropagation workbench.

A network is lit from the back: forward pass, error, backward pass, update. Every
quantity has a name, can be read, and can be explained.
"""

from backlit import ops as ops
from backlit.differentiate import grad as grad
from backlit.differentiate import trace_function as trace_function
from backlit.differentiate import value_and_grad as value_and_grad
from backlit.differentiate import vjp as vjp

__version__ = "0.1.0"

globals().update({name: getattr(ops, name) for name in ops.__all__})
