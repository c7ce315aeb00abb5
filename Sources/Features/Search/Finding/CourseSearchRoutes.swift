import Courses
import JSON
import Postgres
import Tenancy
import WebServer

/// What is in a course, by its words.
enum CourseSearchRoutes {
    /// Results of a page: each costs an excerpt.
    private static let largestPage = 50

    /// `GET /api/v1/courses/:course_id/smartsearch`: `q`, `filter[]`.
    ///
    /// The index proposes, the primary decides: whatever the caller may not see at this moment is left out, so that a page may
    /// be shorter than it was asked for.
    static func find(_ call: CourseCall) async throws -> WebResponse {
        let services = call.context.service(SearchServices.self)
        let query = try call.request.queryFields()
        guard let text = try query.sought("q") else { throw query.error("q", .missing) }
        let sources = try wanted(query, services)
        let paging = try Paging(call.request)
        let (skip, size) = (try paging.rank(), min(paging.size, largestPage))
        let question = SearchIndex.Question(
            text: text.text, kinds: sources.map(\.kind), course: call.course, viewer: call.principal.user,
            seesAll: call.isStaff)
        let found = try await services.ask { index throws(PostgresError) in
            try await index.find(question, in: call.institution, skip: skip, count: size)
        }
        guard let found else { throw SearchServices.unavailable }
        let shown = found.prefix(size)
        let things = try await visible(shown, sources, call)
        let base = call.request.base
        var response = WebResponse.json { json in
            json.object { json in
                json.array("results", of: shown.filter { things[$0.key] != nil }) { json, hit in
                    guard let thing = things[hit.key] else { return }
                    write(hit, thing, base: base, &json)
                }
            }
        }
        let hasMore = found.count > size && found.first?.isGuess != true
        response.setLink(
            paging.link(for: call.request, bookmark: hasMore ? Paging.bookmark(ofRank: skip + size) : nil))
        return response
    }

    /// A thing as the primary has it now.
    private struct Thing {
        let type: String
        let content: SeenContent
    }

    private static func wanted(_ query: JSONFields, _ services: SearchServices) throws -> [SearchSource] {
        let all = services.sources.filter { $0.content != nil }
        let names = all.compactMap(\.content?.filter)
        let filters = try query.texts("filter", atMost: 10)
        guard !filters.isEmpty else { return all }
        for filter in filters where !names.contains(filter) {
            throw query.error("filter", .notOneOf(names))
        }
        return all.filter { source in source.content.map { filters.contains($0.filter) } ?? false }
    }

    private static func visible(
        _ hits: some Sequence<SearchHit>, _ sources: [SearchSource], _ call: CourseCall
    ) async throws -> [DocumentKey: Thing] {
        var things: [DocumentKey: Thing] = [:]
        for (kind, hits) in Dictionary(grouping: hits, by: \.key.kind) {
            guard let content = sources.first(where: { $0.kind == kind })?.content else { continue }
            for seen in try await content.visible(call, hits.map(\.key.id)) {
                things[DocumentKey(kind: kind, id: seen.id)] = Thing(type: content.type, content: seen)
            }
        }
        return things
    }

    private static func write(_ hit: SearchHit, _ thing: Thing, base: String, _ json: inout JSONWriter) {
        json.object { json in
            json.member("content_id", hit.key.id)
            json.member("content_type", thing.type)
            json.member("title", thing.content.title)
            json.member("body", hit.excerpt.text)
            json.array("highlights", of: hit.excerpt.highlights) { json, highlight in
                json.object { json in
                    json.member("start", highlight.start)
                    json.member("length", highlight.length)
                }
            }
            json.member("html_url", base + thing.content.path)
            json.member("relevance", Int((hit.relevance * 100).rounded()))
            json.member("distance", 1 - hit.relevance)
            json.member("is_guess", hit.isGuess)
        }
    }
}
