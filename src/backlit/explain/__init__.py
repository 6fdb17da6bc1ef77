"""A derivation as a document: formulas as trees, printed in five forms.

    record of an op  --parse-->  mathematics  --layout-->  boxes  ->  text, LaTeX, MathML
    walk over trace  -------->   document     --render-->  text | markdown | latex |
                                                           mathml | json

A formula is held once, as a tree (`mathematics`). Parentheses and line breaks are
decided once (`layout`). A renderer only knows how its language writes a box.
"""
