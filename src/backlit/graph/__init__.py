"""The graph of array operations: what every other part of backlit reads.

`node` holds a value, `op` the record of an operation, `graph` a graph with named
quantities, `index` what one element of an operation's output is, `text` how a graph is
printed and `parse` how it is read.
"""

from backlit.graph.graph import Graph as Graph
from backlit.graph.graph import reachable as reachable
from backlit.graph.node import OPS as OPS
from backlit.graph.node import Node as Node
from backlit.graph.op import CONSTANT as CONSTANT
from backlit.graph.op import INPUT as INPUT
from backlit.graph.op import Op as Op
from backlit.graph.op import constant as constant
from backlit.graph.op import input_node as input_node
from backlit.graph.op import lift as lift
from backlit.graph.parse import parse as parse
from backlit.graph.text import show as show
