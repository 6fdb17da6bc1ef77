"""A recorded pass as a picture.

    Architecture --layout--> Geometry  --write, with a Trace-->  SVG

`layout` says where everything stands and knows no weights; `reading` says what stands
there and knows no places; `svg` writes both down. Local derivatives and symbols are
those of the explanation: a drawing never works out its own.
"""

from backlit.draw.drawing import Drawing as Drawing
from backlit.draw.drawing import diagram as diagram
from backlit.draw.layout import layout as layout
