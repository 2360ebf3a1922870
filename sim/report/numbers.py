"""Numbers as a reader wants them: as many digits as the error allows, true minus signs, unbreakable units."""

import math

NBSP = "\u00a0"
MINUS = "\u2212"


def digits_for(error: float | None, default: int = 2) -> int:
    """Return the decimals at which `error` shows its first digit, or its first two if it begins with 1.

    Examples
    --------
    >>> digits_for(0.013), digits_for(0.08), digits_for(2.5), digits_for(31.0), digits_for(None)
    (3, 2, 0, 0, 2)
    """
    if error is None or not math.isfinite(error) or error <= 0:
        return default
    exponent = math.floor(math.log10(error))
    return min(max(-exponent + (error < 2 * 10.0**exponent), 0), 4)


def fixed(value: float | None, decimals: int = 2) -> str:
    """Return `value` with `decimals` and a true minus sign; an em dash where there is none.

    Examples
    --------
    >>> fixed(-0.25), fixed(-0.001), fixed(None)
    ('−0.25', '0.00', '—')
    """
    if value is None or not math.isfinite(value):
        return "—"
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float, decimals: int = 2) -> str:
    """Return `value` with its sign always shown.

    Examples
    --------
    >>> signed(0.5), signed(-0.5), signed(0.0)
    ('+0.50', '−0.50', '0.00')
    """
    text = fixed(value, decimals)
    return text if text.startswith(MINUS) or float(text) == 0 else f"+{text}"


def percent(share: float | None, error: float | None = None) -> str:
    """Return a share as a percentage, with one decimal where its `error` is below one percentage point.

    Examples
    --------
    >>> [percent(*shares).replace(NBSP, " ") for shares in ((0.714,), (0.714, 0.004), (0.0004,), (0.9999,))]
    ['71 %', '71.4 %', '<1 %', '>99 %']
    """
    if share is None or not math.isfinite(share):
        return "—"
    decimals = 1 if error is not None and 0 < error < 0.01 else 0
    unit = 10.0**-decimals
    hundredths = 100 * share
    if 0 < hundredths < unit / 2:
        return f"<{unit:g}{NBSP}%"
    if 100 - unit / 2 < hundredths < 100:
        return f">{100 - unit:g}{NBSP}%"
    return f"{fixed(hundredths, decimals)}{NBSP}%"


def percent_range(low: float | None, high: float | None, error: float | None = None) -> str:
    """Return an interval of shares in words.

    Examples
    --------
    >>> percent_range(0.69, 0.732).replace(NBSP, " ")
    '69 to 73 %'
    """
    return f"{percent(low, error).removesuffix(f'{NBSP}%')} to {percent(high, error)}"
