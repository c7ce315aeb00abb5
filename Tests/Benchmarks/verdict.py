"""A figure beside what it shall be: rows of a table that say whether it is reached, and the flaws where it is not."""

import statistics

from tools import spread, table


class Verdicts:
    """Figures with their targets, each the median of its repetitions; less is better."""

    def __init__(self):
        self._rows: list[list[str]] = []
        self.missed: list[str] = []

    def add(self, what: str, values: list[float], most: float, unit: str = "", digits: int = 2) -> None:
        """Judges the median of `values`, which shall be `most` at most; without values it is missed."""
        reached = bool(values) and statistics.median(values) <= most
        if not reached:
            self.missed.append(f"{what}: {spread(values, digits)}{unit}, more than {most:,g}{unit}")
        self._rows.append([what, spread(values, digits), f"≤ {most:,g}{unit}", "reached" if reached else "MISSED"])

    def table(self) -> str:
        return table(["", "median (least–most)", "to reach", ""], self._rows)


def ratios(ones: list[float], others: list[float]) -> list[float]:
    """One by one, since repetitions are interleaved: what was measured beside each other is compared.

    Where either is nothing, nothing was measured.
    """
    return [one / other for one, other in zip(ones, others) if one and other]
