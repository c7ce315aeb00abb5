import HTML
import Testing

struct `A picture in SVG` {
    private func finding(_ inner: String) -> SVGInspection.Finding? {
        SVGInspection.finding(
            in: Array(#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">\#(inner)</svg>"#.utf8))
    }

    @Test(arguments: [
        "", "<!-- drawn by hand: 1 < 2 --><g><path d='M0 0L9 9'/></g>",
        "<defs><linearGradient id='a'/></defs><rect fill='url(#a)' style=\"stroke:url('#a')\"/>",
        "<style>.a{fill:red;mask:url(#m)}</style><use xlink:href='#a'/>",
        "<image href='data:image/png;base64,AAAA'/><a href='https://example.org/'><text>more</text></a>",
        "<animate attributeName='opacity' from='0' to='1'/><text>on url(x), javascript and @import</text>",
        "<style/><text>url(x) @import</text>",
        "<metadata><rdf:RDF><cc:Work rdf:about=''/></rdf:RDF></metadata>",
    ])
    func `passes as it is`(inner: String) {
        #expect(finding(inner) == nil)
    }

    @Test(arguments: [
        ("<script>alert(1)</script>", SVGInspection.Finding.script),
        ("<SCRIPT href='x.js'/>", .script), ("<s:script xmlns:s='http://www.w3.org/2000/svg'/>", .script),
        ("<![CDATA[ > ]]><script/>", .script), ("<?x > ?><script/>", .script),
        ("<_:script xmlns:_='http://www.w3.org/2000/svg'/>", .unreadable),
        ("<é:script xmlns:é='http://www.w3.org/2000/svg'/>", .unreadable),
        ("<g onload='x()'/>", .handler), ("<g\n\tOnClick = x()>", .handler),
        ("<g ev:onload='x()'/>", .handler),
        ("<foreignObject><p/></foreignObject>", .foreign), ("<iframe/>", .foreign),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]>", .entity), ("<!entity % a 'b'>", .entity),
        ("<a href='javascript:x()'/>", .link), ("<a href='java\nscript:x()'/>", .link),
        ("<a href='java&#115;cript:x()'/>", .link), ("<a xlink:href=' data:text/html,x'/>", .link),
        ("<use href='other.svg#a'/>", .link), ("<image href='https://example.org/see.png'/>", .link),
        ("<image href='data:image/svg+xml;base64,AAAA'/>", .link),
        ("<g xml:base='https://example.org/'/>", .link),
        ("<set attributeName='href' to='javascript:x()'/>", .link),
        ("<animate attributeName='xlink:href' values='x'/>", .link),
        ("<set attributeName='onload' to='x'/>", .link),
        ("<animate values='javascript:x()'/>", .link),
        ("<style>@import 'x'</style>", .style), ("<style>a{background:url(//example.org)}</style>", .style),
        ("<s:style>a{mask:URL( 'https://example.org' )}</s:style>", .style),
        ("<g style='a:u\\72l(x)'/>", .style),
        ("<g fill='url(https://example.org/#a)'/>", .style),
        ("<g filter='URL(&quot;x.svg#a&quot;)'/>", .style),
        ("<?xml-stylesheet href='x.css'?>", .style),
    ])
    func `is more than one`(inner: String, expected: SVGInspection.Finding) {
        #expect(finding(inner) == expected)
    }

    @Test func `cannot be judged in another encoding`() {
        #expect(SVGInspection.finding(in: [0xFF, 0xFE] + "<svg/>".utf8.flatMap { [$0, 0] }) == .unreadable)
        #expect(SVGInspection.finding(in: Array("<svg>".utf8) + [0xE9]) == .unreadable)
        #expect(SVGInspection.finding(in: [0x1F, 0x8B, 8, 0]) == .unreadable)
    }

    @Test func `hides nothing behind many attributes`() {
        let many = (0..<5000).map { "a\($0)='x'" }.joined(separator: " ")
        #expect(finding("<g \(many) onload='x()'/>") == .handler)
    }

    @Test func `is judged in a time that grows with its length`() {
        let long = String(repeating: "<g a='url(#b)'><!-- <", count: 50_000)
        #expect(finding(long) == nil)
    }
}
