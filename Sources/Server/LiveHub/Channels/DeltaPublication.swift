import Foundation
import JSON
import LiveProtocol

/// How publications look to a subscriber who takes differences.
///
/// In the JSON form `data` is then always a string: the text of the whole value, or of the difference to the text before.
enum DeltaPublication {
    /// A publication as it begins a run.
    static func whole(_ publication: Publication, _ form: MessageForm) -> Publication {
        guard form == .json else { return publication }
        var said = publication
        said.data = .json(text(said.data.textForJSON))
        return said
    }

    /// A publication as the difference `delta` to the one before.
    static func delta(_ publication: Publication, _ delta: [UInt8], _ form: MessageForm) -> Publication {
        var said = publication
        said.delta = true
        said.data = form == .json ? .json(text(delta)) : .binary(delta)
        return said
    }

    /// Whether a difference can be told in a form: what is no JSON is no text, and a JSON client is given it as base64.
    static func isPossible(
        _ publication: Publication, after previous: Publication, _ form: MessageForm
    ) -> Bool {
        form == .protobuf || (publication.data.json != nil && previous.data.json != nil)
    }

    /// The difference of two publications; `nil` when it is no shorter than the whole.
    static func difference(_ publication: Publication, after previous: Publication) -> [UInt8]? {
        let whole = publication.data.bytes
        let delta = FossilDelta.encode(from: previous.data.bytes, to: whole)
        return delta.count < whole.count ? delta : nil
    }

    /// Publications that follow one another, as a subscriber gets them in a reply: the first one whole.
    static func run(_ publications: [Publication], _ form: MessageForm) -> [Publication] {
        var said: [Publication] = []
        said.reserveCapacity(publications.count)
        for (place, publication) in publications.enumerated() {
            if place > 0, isPossible(publication, after: publications[place - 1], form),
                let delta = difference(publication, after: publications[place - 1])
            {
                said.append(self.delta(publication, delta, form))
            } else {
                said.append(whole(publication, form))
            }
        }
        return said
    }

    private static func text(_ bytes: [UInt8]) -> RawJSON {
        RawJSON { $0.string(String(decoding: bytes, as: UTF8.self)) }
    }
}

extension Payload {
    /// The text of the value that a JSON client is given.
    fileprivate var textForJSON: [UInt8] {
        switch self {
        case .json(let json): json.bytes
        case .binary(let bytes): RawJSON { $0.string(Data(bytes).base64EncodedString()) }.bytes
        }
    }
}
