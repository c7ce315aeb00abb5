import EventLoop
import HTML
import JobQueue
import Postgres

/// Reads things from the primary as the index has them.
///
/// Called on the loop; texts are taken out of HTML in a lane.
struct DocumentReader: Sendable {
    let sources: [SearchSource]
    private let lane: WorkLane

    init(sources: [SearchSource], lane: WorkLane) {
        self.sources = sources
        self.lane = lane
    }

    /// Things by their ids, and which of them are not there any more.
    func read(
        _ ids: [String: [Int64]], _ transaction: PostgresTransaction, in institution: TenantID
    ) async throws -> (found: [IndexedDocument], gone: [DocumentKey]) {
        var found: [IndexedDocument] = []
        for source in sources {
            guard let wanted = ids[source.kind] else { continue }
            let rows = try await transaction.query(
                source.some, [.int(institution.rawValue), .intArray(wanted)])
            found += try await documents(rows, source)
        }
        found = try await inTheirLanguages(found, transaction, in: institution)
        let there = Set(found.map { DocumentKey(kind: $0.kind, id: $0.id) })
        // Kinds that nobody knows any more go, too.
        let gone = ids.sorted { $0.key < $1.key }
            .flatMap { kind, ids in ids.map { DocumentKey(kind: kind, id: $0) } }.filter {
                !there.contains($0)
            }
        return (found, gone)
    }

    /// The things of one source from an id on.
    func page(
        _ source: SearchSource, after: Int64, count: Int, _ transaction: PostgresTransaction,
        in institution: TenantID
    ) async throws -> [IndexedDocument] {
        let rows = try await transaction.query(
            source.page, [.int(institution.rawValue), .int(after), .int(Int64(count))])
        return try await inTheirLanguages(try await documents(rows, source), transaction, in: institution)
    }

    private func documents(_ rows: Rows, _ source: SearchSource) async throws -> [IndexedDocument] {
        var documents: [IndexedDocument] = []
        for row in rows {
            documents.append(
                IndexedDocument(
                    kind: source.kind, id: try row.int(0), course: try row.intOrNil(1),
                    owner: try row.intOrNil(2),
                    isPublished: try row.bool(3), isRestricted: try row.bool(4), title: try row.text(5),
                    body: try row.text(6), language: SearchLanguage.none,
                    updatedAt: try row.timestampMilliseconds(7)))
        }
        let isHTML = source.writing == .html
        let raw = documents
        let cleaned = await lane.run { raw.map { Self.cleaned($0, isHTML: isHTML) } }
        guard let cleaned else { throw JobFailure("search_busy", "too much waits for its text to be read") }
        return cleaned
    }

    private static func cleaned(_ document: IndexedDocument, isHTML: Bool) -> IndexedDocument {
        var document = document
        document.title = IndexedDocument.text(document.title)
        // What is too long to be read as HTML was never stored by us; it is found by its title.
        let body =
            isHTML
            ? (try? HTMLSanitizer.plainText(of: document.body, limit: IndexedDocument.bodyBytes)) ?? ""
            : document.body
        document.body = IndexedDocument.text(body)
        return document
    }

    private func inTheirLanguages(
        _ documents: [IndexedDocument], _ transaction: PostgresTransaction, in institution: TenantID
    ) async throws -> [IndexedDocument] {
        let named = Set(sources.filter { $0.writing == .name }.map(\.kind))
        let written = documents.filter { !named.contains($0.kind) }
        guard !written.isEmpty else { return documents }
        let results = try await transaction.query([
            (FeedStatements.locale, [.int(institution.rawValue)]),
            (
                FeedStatements.locales,
                [.int(institution.rawValue), .intArray(Set(written.compactMap(\.course)).sorted())]
            ),
        ])
        let own = try results[0].first?.textOrNil(0)
        var locales: [Int64: String] = [:]
        for row in results[1] { locales[try row.int(0)] = try row.textOrNil(1) }
        return documents.map { document in
            guard !named.contains(document.kind) else { return document }
            var document = document
            document.language = SearchLanguage.configuration(
                course: document.course.flatMap { locales[$0] }, institution: own)
            return document
        }
    }
}
