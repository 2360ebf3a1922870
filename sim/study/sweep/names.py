"""Names in a sweep's table and of its files."""

ERROR, VARIANCE, HALF = "_error", "_variance", "_half"
"""What follows an outcome's name in the names of its other columns: its standard error, the variance of one play, and
what it is from the first half of the plays."""


def part_name(batch: int) -> str:
    """Return the name of a batch's part.

    Examples
    --------
    >>> part_name(12)
    'part-000012.parquet'
    """
    return f"part-{batch:06d}.parquet"
