/// Names of characters, as `&eacute;` has them (HTML §13.5): those of HTML 4 and the usual ones of HTML 5.
///
/// A name that is not here stays the text that it is: the writer escapes its ampersand, so nothing depends on the
/// table being whole.
enum NamedCharacters {
    /// The longest name, in bytes.
    static let longest = table.keys.map(\.utf8.count).max() ?? 0

    /// The characters by their names.
    static let table: [String: Unicode.Scalar] = {
        var table: [String: Unicode.Scalar] = [:]
        for (offset, name) in latin.split(whereSeparator: \.isWhitespace).enumerated() {
            table[String(name)] = Unicode.Scalar(UInt32(0xA0 + offset))
        }
        for entry in others.split(whereSeparator: \.isWhitespace) {
            let parts = entry.split(separator: ":")
            table[String(parts[0])] = UInt32(parts[1], radix: 16).flatMap(Unicode.Scalar.init)
        }
        return table
    }()

    /// The names that count without a semicolon, too: what browsers have read since HTML 2.
    static let withoutSemicolon: Set<String> = Set(
        latin.split(whereSeparator: \.isWhitespace).map(String.init)
            + ["amp", "lt", "gt", "quot", "AMP", "LT", "GT", "QUOT", "COPY", "REG"])

    /// U+00A0 to U+00FF, in order.
    private static let latin = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2
        sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc
        Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve
        Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute
        acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde
        ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
        """

    /// Names with their code points.
    private static let others = """
        quot:22 amp:26 lt:3c gt:3e OElig:152 oelig:153 Scaron:160 scaron:161 Yuml:178 fnof:192 circ:2c6
        tilde:2dc Alpha:391 Beta:392 Gamma:393 Delta:394 Epsilon:395 Zeta:396 Eta:397 Theta:398 Iota:399
        Kappa:39a Lambda:39b Mu:39c Nu:39d Xi:39e Omicron:39f Pi:3a0 Rho:3a1 Sigma:3a3 Tau:3a4 Upsilon:3a5
        Phi:3a6 Chi:3a7 Psi:3a8 Omega:3a9 alpha:3b1 beta:3b2 gamma:3b3 delta:3b4 epsilon:3b5 zeta:3b6
        eta:3b7 theta:3b8 iota:3b9 kappa:3ba lambda:3bb mu:3bc nu:3bd xi:3be omicron:3bf pi:3c0 rho:3c1
        sigmaf:3c2 sigma:3c3 tau:3c4 upsilon:3c5 phi:3c6 chi:3c7 psi:3c8 omega:3c9 thetasym:3d1 upsih:3d2
        piv:3d6 ensp:2002 emsp:2003 thinsp:2009 zwnj:200c zwj:200d lrm:200e rlm:200f ndash:2013 mdash:2014
        lsquo:2018 rsquo:2019 sbquo:201a ldquo:201c rdquo:201d bdquo:201e dagger:2020 Dagger:2021 bull:2022
        hellip:2026 permil:2030 prime:2032 Prime:2033 lsaquo:2039 rsaquo:203a oline:203e frasl:2044
        euro:20ac image:2111 weierp:2118 real:211c trade:2122 alefsym:2135 larr:2190 uarr:2191 rarr:2192
        darr:2193 harr:2194 crarr:21b5 lArr:21d0 uArr:21d1 rArr:21d2 dArr:21d3 hArr:21d4 forall:2200
        part:2202 exist:2203 empty:2205 nabla:2207 isin:2208 notin:2209 ni:220b prod:220f sum:2211
        minus:2212 lowast:2217 radic:221a prop:221d infin:221e ang:2220 and:2227 or:2228 cap:2229 cup:222a
        int:222b there4:2234 sim:223c cong:2245 asymp:2248 ne:2260 equiv:2261 le:2264 ge:2265 sub:2282
        sup:2283 nsub:2284 sube:2286 supe:2287 oplus:2295 otimes:2297 perp:22a5 sdot:22c5 lceil:2308
        rceil:2309 lfloor:230a rfloor:230b lang:27e8 rang:27e9 loz:25ca spades:2660 clubs:2663 hearts:2665
        diams:2666 Tab:9 NewLine:a excl:21 num:23 dollar:24 percnt:25 apos:27 lpar:28 rpar:29 ast:2a plus:2b
        comma:2c period:2e sol:2f colon:3a semi:3b equals:3d quest:3f commat:40 lsqb:5b lbrack:5b bsol:5c
        rsqb:5d rbrack:5d Hat:5e lowbar:5f grave:60 lcub:7b lbrace:7b verbar:7c vert:7c rcub:7d rbrace:7d
        hyphen:2010 dash:2010 check:2713 star:2606 starf:2605 phone:260e female:2640 male:2642 sung:266a
        flat:266d natural:266e sharp:266f cross:2717 malt:2720 half:bd frac13:2153 frac23:2154 frac15:2155
        frac18:215b frac38:215c frac58:215d frac78:215e ell:2113 numsp:2007 puncsp:2008 hairsp:200a
        horbar:2015 inodot:131 Zcaron:17d zcaron:17e ccaron:10d Ccaron:10c cacute:107 Cacute:106 sacute:15b
        Sacute:15a zacute:17a Zacute:179 zdot:17c Zdot:17b lstrok:142 Lstrok:141 aogon:105 Aogon:104
        eogon:119 Eogon:118 nacute:144 Nacute:143 dstrok:111 Dstrok:110 ecaron:11b Ecaron:11a rcaron:159
        Rcaron:158 uring:16f Uring:16e odblac:151 Odblac:150 udblac:171 Udblac:170 scedil:15f Scedil:15e
        gbreve:11f Gbreve:11e Idot:130 tcaron:165 Tcaron:164 dcaron:10f Dcaron:10e ncaron:148 Ncaron:147
        amacr:101 Amacr:100 emacr:113 Emacr:112 imacr:12b Imacr:12a omacr:14d Omacr:14c umacr:16b Umacr:16a
        leqslant:2a7d geqslant:2a7e approx:2248 ZeroWidthSpace:200b NoBreak:2060 InvisibleTimes:2062
        ApplyFunction:2061 square:25a1 blacksquare:25aa map:21a6 AMP:26 LT:3c GT:3e QUOT:22 COPY:a9 REG:ae
        """
}
