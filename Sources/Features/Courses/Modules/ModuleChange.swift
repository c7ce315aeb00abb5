import JSON
import Tenancy
import WebServer

/// What a request wants of a module: what it does not name stays as it is.
struct ModuleChange: Hashable, Sendable {
    var name: String?
    var position: Int?
    var isPublished: Bool?
    var unlockAt: Int64??
    var isSequential: Bool?
    var prerequisites: [Int64]?
    /// Where the members stand, for complaints.
    private let path: String

    /// Reads the members of `module`.
    init(_ fields: JSONFields) throws(FieldError) {
        name = try fields.optionalTitle("name")
        position = try fields.optionalInt("position", in: Int.min...Int.max)
        isPublished = try fields.optionalBool("published")
        unlockAt = try fields.timeChange("unlock_at")
        isSequential = try fields.optionalBool("require_sequential_progress")
        path = fields.path(of: "prerequisite_module_ids")
        guard let value = fields.object["prerequisite_module_ids"] else { return }
        // A form's way to say that there are none.
        let isEmpty = value.isNull || value.string == "" || value.array == [""]
        prerequisites =
            isEmpty ? [] : try fields.ids("prerequisite_module_ids", in: 0...Module.mostPerCourse)
    }

    /// The module after the change.
    ///
    /// - Parameters:
    ///   - module: The module as it is.
    ///   - outline: All modules of the course.
    /// - Returns: The module as it is to be.
    /// - Throws: 400 for a prerequisite that is not there, and for modules that would wait for one another.
    func applied(to module: Module, in outline: ModuleOutline) throws(WebError) -> Module {
        var module = module
        if let name { module.name = name }
        if let isPublished { module.isPublished = isPublished }
        if let unlockAt { module.unlockAt = unlockAt }
        if let isSequential { module.isSequential = isSequential }
        guard let prerequisites else { return module }
        var wanted: [Int64] = []
        for id in prerequisites where !wanted.contains(id) { wanted.append(id) }
        guard wanted.allSatisfy({ outline.module($0) != nil }) else {
            throw .invalid("A module that is asked for first is not there.", field: path)
        }
        module.prerequisites = wanted
        var all = outline.prerequisites
        all[module.id] = wanted
        guard !ModuleOrder.hasCycle(all) else {
            throw .invalid("The modules would wait for one another.", field: path)
        }
        return module
    }
}
