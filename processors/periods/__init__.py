"""Two periods side by side: what each measure was, what it has become, and how sure that is. See docs/before-after.md.

`period` says which time is meant and as of when it is read. `clocks`, `friction`, `decisions` and `voices` sum the
facts of the cells by day and give figures; `survival` and `intervals` have the statistics; `changes` compares figure
by figure.
"""
