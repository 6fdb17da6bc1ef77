"""The studio: a network played with in the browser, trained in the page itself.

    Spec  ->  bundle  ->  page
    what      program, picture, rules, data    a server's, a notebook's, or one file

`spec` is what a person asks for, `bundle` all that a page needs for it; `server`, the
notebook and the exported page are three hosts of the same front end, which lies in
`web`. Nothing here knows a derivative: rules are read from the backward graph.
"""
