"""Training on data: from a file or a named set to numbers, and from numbers to a fit.

`datasets` has the named sets, `table` reads files, `preparation` learns how a table
becomes numbers and applies it unchanged to new rows, `metrics` measures the outcome.
"""
