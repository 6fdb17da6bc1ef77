"""A derivation as a document: formulas as trees, printed in five forms.

    op's notation    --parse-->   mathematics  --layout-->  boxes in lines
    walk over trace  --------->   document     --render-->  text | markdown | latex
                                                            | mathml | json

A formula is held once, as a tree (`mathematics`). Parentheses and line breaks are
decided once (`layout`). A renderer only knows how its language writes a box.
"""
