"""What happened to a case and its clocks, in sentences.

The way: `reading` (the records of one case, from the topics), `gathering` (what they say at an instant: `facts`),
`story` (which statements that makes, in which order), `words` (the sentences by language; `streams/language` puts them
together). All but `reading` is pure: the same records, configuration and instant give the same text.
"""
