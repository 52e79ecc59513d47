"""One Avro schema per record and version, and the codec that reads and writes them.

`*.avsc` are the schemas in force and their predecessors; `released/` holds copies of
what was ever released, which nothing may contradict (see `compatibility.py`).
"""
