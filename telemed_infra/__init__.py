"""Inventory in, proven device configurations out: the library behind `telemed`.

One folder per stage, in the order in which the data passes:
model → plan → intent → compile → render → parse → prove; `native` asks the platforms' own programs,
`pipeline` runs the stages, `cli` is the only place that prints.
"""

__version__ = "0.1.0"
