import HTTP
import HTTPTypes
import Testing

struct `HTTP errors` {
    @Test(arguments: HTTPError.allCases)
    func `have a status, a code and a sentence`(error: HTTPError) {
        #expect([400, 413, 414, 417, 431, 501, 505].contains(error.status.code))
        #expect(
            error.code.utf8.allSatisfy {
                $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
            })
        #expect(error.sentence.hasSuffix("."))
    }

    @Test(arguments: [
        (HTTPError.bodyTooLarge, 413), (.tooManyFormFields, 413), (.requestLineTooLong, 414),
        (.unsupportedExpectation, 417), (.headerSectionTooLarge, 431), (.tooManyFields, 431),
        (.trailerSectionTooLarge, 431), (.unsupportedTransferCoding, 501), (.connectRefused, 501),
        (.unsupportedVersion, 505), (.missingHost, 400), (.lengthWithTransferEncoding, 400),
    ])
    func `map to statuses`(error: HTTPError, status: Int) {
        #expect(error.status.code == status)
    }
}
