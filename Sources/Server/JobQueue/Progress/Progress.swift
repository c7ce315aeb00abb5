package import JSON

/// How far a job is, in Canvas's shape.
package struct Progress: Sendable, Equatable {
    /// Canvas's words for it.
    package enum WorkflowState: String, Sendable { case queued, running, completed, failed }

    package let id: Int64
    package let job: Int64
    package let request: ProgressRequest
    package let workflowState: WorkflowState
    /// 0 to 100.
    package let completion: Double
    package let message: String?
    package let results: RawJSON?
    /// Milliseconds since 1970.
    package let createdAt: Int64
    /// Milliseconds since 1970.
    package let updatedAt: Int64

    /// The object that clients get.
    ///
    /// - Parameters:
    ///   - url: Where it can be asked for again.
    ///   - time: Writes milliseconds since 1970 as the API does.
    /// - Returns: The object, with every field; what is not known is null.
    package func json(url: String, time: (Int64) -> String) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("id", id)
                json.member("context_id", request.contextID)
                json.member("context_type", request.contextType)
                if let user = request.user {
                    json.member("user_id", user)
                } else {
                    json.nullMember("user_id")
                }
                json.member("tag", request.tag)
                json.member("workflow_state", workflowState.rawValue)
                json.member("completion", completion)
                if let message { json.member("message", message) } else { json.nullMember("message") }
                if let results { json.member("results", results) } else { json.nullMember("results") }
                json.member("created_at", time(createdAt))
                json.member("updated_at", time(updatedAt))
                json.member("url", url)
            }
        }
    }
}

/// What a progress is about.
package struct ProgressRequest: Sendable, Equatable {
    /// Canvas's name of the class of the thing: `Course`.
    package let contextType: String
    package let contextID: Int64
    /// Who started it; `nil` for nobody.
    package let user: Int64?
    /// What is being done: `course_batch_update`.
    package let tag: String

    /// Names it; types have 1 to 60 characters, tags 1 to 100, which the program itself chooses.
    package init(contextType: String, contextID: Int64, user: Int64?, tag: String) {
        precondition((1...60).contains(contextType.count) && (1...100).contains(tag.count), "too long a name")
        self.contextType = contextType
        self.contextID = contextID
        self.user = user
        self.tag = tag
    }
}
