"""Why a number: the derivation of every element of a network, as rules for a page.

    pass  ->  formulas at some elements  ->  general  ->  templates with live numbers

A rule is of a quantity, however many elements it has. All of it is read from the
backward graph through `explain`: a page that fills in the numbers knows no formula.
"""
