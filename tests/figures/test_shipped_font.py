"""The shipped font has the glyphs it promises, and comes with its licence."""

from __future__ import annotations

import pytest
from matplotlib.ft2font import FT2Font

from wfm.errors import MissingError
from wfm.shipped import shipped

FONT = "fonts/wqy-microhei-gb2312.ttf"


def test_every_character_of_gb2312_and_ascii_has_a_glyph():
    pairs = [bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF)]
    wanted = {ord(character) for pair in pairs for character in pair.decode("gb2312", errors="ignore")}
    assert len(wanted) == 7445  # GB/T 2312-1980: 6763 Chinese characters and 682 signs
    assert not (wanted | set(range(0x20, 0x7F))) - set(FT2Font(str(shipped(FONT))).get_charmap())


def test_characters_of_names_outside_gb2312_have_a_glyph():
    assert not {ord(character) for character in "喆玥堃镕"} - set(FT2Font(str(shipped(FONT))).get_charmap())


def test_the_font_is_small_and_its_licence_is_beside_it():
    assert shipped(FONT).stat().st_size < 1_400_000
    licence = shipped("fonts/LICENSE-wqy-microhei.txt").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "font exception" in licence


def test_what_is_not_shipped_is_named():
    with pytest.raises(MissingError, match=r"fonts/none\.ttf"):
        shipped("fonts/none.ttf")
