import JSON
import Tenancy
import WebServer

/// The way through a course's modules.
enum ItemSequenceRoutes {
    /// `GET /api/v1/courses/:course_id/module_item_sequence?asset_type=Page&asset_id=week-1`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        guard let type = call.request.queryValue("asset_type"),
            let kind = type == "ModuleItem" ? .some(nil) : ModuleItem.Kind(rawValue: type).map(Optional.some),
            kind != .subHeader, kind != .externalURL
        else {
            throw WebError.badRequest(
                "asset_type must be ModuleItem, File, Page, Discussion, Assignment, Quiz or ExternalTool.",
                field: "asset_type")
        }
        guard let asset = call.request.queryValue("asset_id"), !asset.isEmpty else {
            throw WebError.badRequest("asset_id must name what is looked for.", field: "asset_id")
        }
        let view = try await ModuleView.load(call)
        let id = Int64(asset)
        let found = ItemSequence.find(in: view.modules) { item in
            guard let kind else { return item.id == id }
            guard item.kind == kind else { return false }
            return (id != nil && item.content == id)
                || (kind == .page && item.pageURL == asset.lowercased())
        }
        let modules = Set(found.flatMap { [$0.previous, $0.current, $0.next] }.compactMap { $0?.module })
        return .json { json in
            json.object { json in
                json.array("items", of: found) { json, sequence in
                    json.object { json in
                        for (name, item) in [
                            ("prev", sequence.previous), ("current", sequence.current),
                            ("next", sequence.next),
                        ] {
                            json.name(name)
                            if let item { view.write(item, &json, for: call) } else { json.null() }
                        }
                        json.nullMember("mastery_path")
                    }
                }
                json.array("modules", of: view.modules.filter { modules.contains($0.id) }) { json, module in
                    view.write(module, &json, for: call, items: nil)
                }
            }
        }
    }
}
