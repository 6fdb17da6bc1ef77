"""The compiler: a graph becomes a program for the processor.

    graph  ->  schedule     ->  memory     ->  kernels      ->  module  ->  native
    nodes      loop nests       one arena      LLVM IR          text        object code

`ir` writes LLVM's text form, `functions` are the elementary functions in it.
"""
