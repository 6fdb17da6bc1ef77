"""A recorded pass explained: the backward graph, read and printed.

    trace  ->  elements  ->  paths     ->  worked     ->  weight, whole  ->  typeset
    pass       scalars       local         equations      documents          five forms
                             derivatives

`elements` writes single elements as expressions of others, `paths` reads the chain
rule from the cotangents, `printing` and `products` turn expressions into formulas,
`weight` and `whole` say what is worth saying, and `proof` why it can be trusted.
Nothing here knows a derivative of its own.
"""
