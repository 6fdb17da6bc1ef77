"""The graph of array operations: what every other part of backlit reads.

`node` holds operations and nodes, `graph` a graph with named quantities, `index`
what one element of an operation's output is, `text` how a graph is printed and read.
"""

from backlit.graph.graph import Graph as Graph
from backlit.graph.graph import reachable as reachable
from backlit.graph.node import OPS as OPS
from backlit.graph.node import Node as Node
from backlit.graph.node import Op as Op
from backlit.graph.node import constant as constant
from backlit.graph.node import input_node as input_node
from backlit.graph.node import lift as lift
