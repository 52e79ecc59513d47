"""Reports of the rhythm: a page of HTML that stands by itself, for the day, the week, the month.

The way: `material` (cells, rows of measures, decisions as of an instant), `daily`, `weekly` and `monthly` with their
`sections` (what a report says, as a `model`), `charts` (SVG), `writing` (HTML). All words are in `words_en` and
`words_fi`; `speech` writes figures.
"""
