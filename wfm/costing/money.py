"""Money: Decimal rates an hour, amounts in whole minor units of the currency (cents, fen; yen have none)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

_NO_MINOR_UNIT = re.compile("BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF")
_THREE_DECIMALS = re.compile("BHD|IQD|JOD|KWD|LYD|OMR|TND")


def minor_exponent(currency: str) -> int:
    """Decimal places of a currency's minor unit (ISO 4217): 2, but 0 for JPY, KRW and others, 3 for KWD and others.

    >>> minor_exponent("EUR"), minor_exponent("JPY"), minor_exponent("KWD")
    (2, 0, 3)
    """
    if _NO_MINOR_UNIT.fullmatch(currency):
        return 0
    return 3 if _THREE_DECIMALS.fullmatch(currency) else 2


def amount_of(rate: Decimal, seconds: int, currency: str) -> int:
    """Minor units for ``seconds`` at ``rate`` an hour, rounded once, half to even.

    >>> amount_of(Decimal("18.50"), 7 * 3600 + 1800, "EUR")
    13875
    """
    exact = rate * seconds * 10 ** minor_exponent(currency) / 3600
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def show_amount(amount: int, currency: str) -> str:
    """An amount of minor units as people read it.

    >>> show_amount(1234567, "EUR"), show_amount(1234567, "JPY")
    ('12,345.67 EUR', '1,234,567 JPY')
    """
    places = minor_exponent(currency)
    return f"{Decimal(amount).scaleb(-places):,.{places}f} {currency}"
