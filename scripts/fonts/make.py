#!/usr/bin/env python3
"""Makes rare.ttf.gz of pkg/font: the characters that the everyday font lacks.

  make.py DIR EVERYDAY.ttf OUT

needs fontTools, and in DIR what these Debian packages hold: NotoSansCJK-Regular.ttc (fonts-noto-cjk), HanaMinA.ttf and HanaMinB.ttf
(fonts-hanazono), Unihan_OtherMappings.txt.bz2, Unihan_IRGSources.txt.bz2 and Unihan_Readings.txt.bz2 (unicode-data).
"""
import bz2
import gzip
import os
import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.roundingPen import RoundingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

EM = 1000
# Sources of GB 18030 whose characters stand in names of people and places, in dictionaries of today and in newspapers: the register of
# persons of the police, the atlas of the survey, and so on. Zhuang, bronze inscriptions and the Kangxi dictionary are left out.
NAMES = {'GIDC', 'GCY', 'GCYY', 'GXC', 'GFZ', 'GGH', 'GRM', 'GDZ', 'GZYS', 'GCH', 'GBK', 'GPGLG', 'GXHZ', 'GZH', 'GFC', 'GKJ', 'GLGYJ', 'GWZ', 'GXM', 'GDM'}


def unihan(folder, name, key):
    with bz2.open(os.path.join(folder, name + '.txt.bz2'), 'rt') as f:
        for line in f:
            fields = line.rstrip('\n').split('\t')
            if len(fields) == 3 and fields[1] == key:
                yield int(fields[0][2:], 16), fields[2]


def hangul(code):
    return 0x1100 <= code <= 0x11ff or 0x3130 <= code <= 0x318f or 0xa960 <= code <= 0xa97f or 0xac00 <= code <= 0xd7ff or 0xffa0 <= code <= 0xffdf


def variation(code):
    return 0xfe00 <= code <= 0xfe0f or 0xe0000 <= code <= 0xe0fff


class Source:
    """A font and how its outlines become quadratic ones of 1000 units."""

    def __init__(self, font):
        self.cmap, self.glyphs, self.cubic = font.getBestCmap(), font.getGlyphSet(), 'CFF ' in font
        self.scale, self.made = EM / font['head'].unitsPerEm, {}

    def outline(self, name):
        if name not in self.made:
            pen = TTGlyphPen(None)
            end = Cu2QuPen(pen, max_err=1.0, reverse_direction=True) if self.cubic else RoundingPen(pen)
            glyph = self.glyphs[name]
            glyph.draw(TransformPen(end, (self.scale, 0, 0, self.scale, 0, 0)) if self.scale != 1 else end)
            self.made[name] = pen.glyph(), round(glyph.width * self.scale)
        return self.made[name]


def font(path, name, sources, codes, copyright):
    order, cmap, outlines, widths, seen = ['.notdef'], {}, {'.notdef': Glyph()}, {'.notdef': (EM, 0)}, {}
    for code in sorted(codes):
        source = next(s for s in sources if code in s.cmap)
        which = id(source), source.cmap[code]
        if which not in seen:
            glyph, width = source.outline(source.cmap[code])
            seen[which] = 'u%05X' % code
            order.append(seen[which])
            outlines[seen[which]], widths[seen[which]] = glyph, (width, getattr(glyph, 'xMin', 0))
        cmap[code] = seen[which]
    b = FontBuilder(EM, isTTF=True)
    b.setupGlyphOrder(order)
    b.setupCharacterMap(cmap)
    b.setupGlyf(outlines)
    table = b.font['glyf']
    b.setupHorizontalMetrics({n: (w, getattr(table[n], 'xMin', 0)) for n, (w, _) in widths.items()})
    b.setupHorizontalHeader(ascent=880, descent=-120)
    b.setupNameTable({'copyright': copyright, 'familyName': name, 'styleName': 'Regular', 'psName': name.replace(' ', '') + '-Regular',
                      'licenseDescription': 'SIL Open Font License, Version 1.1', 'licenseInfoURL': 'https://openfontlicense.org'})
    b.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=1160, usWinDescent=288, sCapHeight=733, sxHeight=543, usWeightClass=400)
    b.setupPost(keepGlyphNames=False)
    b.updateHead(created=0, modified=0)
    b.font.recalcTimestamp = False
    b.save(path)
    print(path, len(cmap), 'characters,', len(order), 'glyphs,', os.path.getsize(path), 'bytes', flush=True)


def main(folder, everyday, out):
    noto = Source(next(f for f in TTCollection(os.path.join(folder, 'NotoSansCJK-Regular.ttc')).fonts if f['name'].getDebugName(4) == 'Noto Sans CJK SC'))
    hana = [Source(TTFont(os.path.join(folder, 'HanaMin%s.ttf' % n))) for n in 'AB']
    table = {code for code, _ in unihan(folder, 'Unihan_OtherMappings', 'kTGH')}
    assert len(table) == 8105 and not table - noto.cmap.keys()
    names = {code for code, source in unihan(folder, 'Unihan_IRGSources', 'kIRG_GSource') if source.split('-')[0] in NAMES}
    names |= {code for code, _ in unihan(folder, 'Unihan_Readings', 'kXHC1983')}
    names &= hana[0].cmap.keys() | hana[1].cmap.keys()
    more = {code for code in noto.cmap if not hangul(code) and not variation(code) and code >= 0x20} | names
    rest = os.path.join(out, 'rare.ttf')
    font(rest, 'Spotcheck Rare', [noto, *hana], more - TTFont(everyday).getBestCmap().keys(),
         '(c) 2014-2021 Adobe (http://www.adobe.com/). Copyright 2008-2011 GlyphWiki Project.')
    with open(rest, 'rb') as f, open(rest + '.gz', 'wb') as g, gzip.GzipFile('', 'wb', 9, g, 0) as z:
        z.write(f.read())
    print(rest + '.gz', os.path.getsize(rest + '.gz'), 'bytes,', len(names - noto.cmap.keys()), 'from HanaMin')


main(*sys.argv[1:])
