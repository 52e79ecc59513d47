"""Student's t by way of the normal distribution.

Wallace (1959), "Bounds on normal approximations to Student's and the chi-square distributions", Annals of Mathematical
Statistics 30: z = sqrt(v log(1 + t^2 / v)) (8 v + 1) / (8 v + 3). Its 95 % points are within 0.5 % from v = 4 on.
"""

from __future__ import annotations

from math import erfc, exp, log, sqrt

Z95 = 1.959963984540054


def t95(degrees: int) -> float:
    """The two-sided 95 % point of t with so many degrees of freedom."""
    z = Z95 * (8 * degrees + 3) / (8 * degrees + 1)
    return sqrt(degrees * (exp(z * z / degrees) - 1))


def two_sided(t: float, degrees: int | None = None) -> float:
    """The probability of a t at least that far from 0; without degrees of freedom, of a normal one."""
    z = abs(t)
    if degrees is not None:
        z = sqrt(degrees * log(1 + t * t / degrees)) * (8 * degrees + 1) / (8 * degrees + 3)
    return erfc(z / sqrt(2))
