"""Made-up names for the sample's agents, Chinese and Latin."""

from __future__ import annotations

import numpy as np

_FAMILY = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
_GIVEN = (
    "伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "超", "秀英", "海燕", "建国", "晓东",
    "雨桐", "子轩", "梓涵", "佳怡", "思远", "文博", "欣然", "浩然", "一诺", "嘉豪", "诗雅", "俊熙",
)  # fmt: skip
_FIRST = ("Ana", "Bilal", "Chloe", "Daniel", "Elif", "Felix", "Grace", "Hugo", "Ines", "Jonas", "Karin", "Luca")
_LAST = ("Abel", "Brandt", "Castillo", "Duarte", "Eriksen", "Fontaine", "Gruber", "Haddad", "Ivanova", "Jensen")
_LATIN_SHARE = 0.2


def names(count: int, rng: np.random.Generator) -> list[str]:
    """``count`` names, no two alike while there are enough; about one in five is Latin.

    >>> len(set(names(80, np.random.default_rng(1))))
    80
    """
    chinese = [family + given for family in _FAMILY for given in _GIVEN]
    latin = [f"{first} {last}" for first in _FIRST for last in _LAST]
    chosen = []
    pools = [_shuffled(chinese, rng), _shuffled(latin, rng)]
    taken = [0, 0]
    for is_latin in rng.random(count) < _LATIN_SHARE:
        pool = pools[int(is_latin)]
        chosen.append(pool[taken[int(is_latin)] % len(pool)])
        taken[int(is_latin)] += 1
    return chosen


def _shuffled(pool: list[str], rng: np.random.Generator) -> list[str]:
    return [pool[place] for place in rng.permutation(len(pool))]
