"""What a person writes of a network, and the graph it becomes.

`architecture` describes a network and builds its quantities, `initialise` draws first
weights, `file` reads and checks the TOML that people write.
"""
