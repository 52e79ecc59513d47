"""The measures: what entities contribute to cells, and what the cells say at an instant. Defined in docs/measures.md.

Each module is one family of cells: what an entity contributes (`facts`), what is summed over a span (`...Sum`), and
the rows that come of it (`rows`). `cells.py` keeps the contributions of one partition, `view.py` sums over all.
"""
