"""How much is tried: a part by `make check` and `make test`, all of it by `make prove`.

`RYTMI_TIER=prove` asks for all. Tests marked `prove` are of that tier alone; others ask here for a size.
"""

import os

PROVES = os.environ.get("RYTMI_TIER") == "prove"


def size(quick: int, proven: int, variable: str | None = None) -> int:
    """How many are tried. variable: of the environment, for whoever wants another number."""
    wanted = os.environ.get(variable) if variable is not None else None
    return int(wanted) if wanted else proven if PROVES else quick
