"""Makes the two fonts of this folder from Arimo (needs fonttools): python subset.py FOLDER_WITH_ARIMO

Keeps Latin, Greek, digits (super- and subscripts too) and common mathematical signs, drops hinting and
layout tables, turns the capital delta upside down for the missing nabla, and renames the family, so that
the result is not mistaken for the original.
"""

import sys

from fontTools import subset
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x192, 0x192), (0x2C6, 0x2C6), (0x2DC, 0x2DC), (0x370, 0x3FF),
    (0x2010, 0x2026), (0x2030, 0x2033), (0x2070, 0x209F), (0x20AC, 0x20AC), (0x2100, 0x214F),
    (0x2190, 0x2195), (0x2200, 0x22FF), (0x25A0, 0x25CF), (0xFFFD, 0xFFFD),
]

for weight in ["Regular", "Bold"]:
    font = TTFont(f"{sys.argv[1]}/Arimo-{weight}.ttf")
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "DSIG", "gasp", "meta"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for low, high in RANGES for c in range(low, high + 1)])
    subsetter.subset(font)

    delta = font.getBestCmap()[0x394]
    glyphs = font.getGlyphSet()
    pen = TTGlyphPen(None)
    glyphs[delta].draw(TransformPen(pen, (1, 0, 0, -1, 0, font["OS/2"].sCapHeight)))
    font.setGlyphOrder(font.getGlyphOrder() + ["nabla"])
    font["glyf"]["nabla"] = pen.glyph()
    font["hmtx"]["nabla"] = font["hmtx"][delta]
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0x2207] = "nabla"

    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = f"Plots Sans {weight}"
    font.save(f"plots-sans-{weight.lower()}.ttf")
