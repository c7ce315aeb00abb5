import Courses
import HTTPTypes
import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum ContentRoutes {
    /// The routes.
    ///
    /// - Parameter largestFile: Bytes that a file may have.
    /// - Returns: The table.
    package static func all(largestFile: Int) -> [Route] {
        files + ofCourses + ofUsers + folders + lasting + open(largestFile)
    }

    private static let files: [Route] = [
        .call("GET /api/v1/files/:id") { try await FileRoutes.show($0) },
        .call("PUT /api/v1/files/:id") { try await FileRoutes.update($0) },
        .call("DELETE /api/v1/files/:id") { try await FileRoutes.delete($0) },
        .call("GET /api/v1/files/:id/public_url") { try await FileRoutes.publicURL($0) },
        .call("GET /api/v1/files/:id/create_success") { try await FileRoutes.show($0) },
        .call("POST /api/v1/files/:id/create_success") { try await FileRoutes.show($0) },
    ]

    private static let ofCourses: [Route] = [
        .course("GET /api/v1/courses/:course_id/files") { call in
            try await FileRoutes.list(
                call.call, .course, call.course, FileAccess.Standing(call.membership), in: call)
        },
        .course("POST /api/v1/courses/:course_id/files") { call in
            try await UploadRoutes.begin(call.call, in: .course(call.course))
        },
        .course("GET /api/v1/courses/:course_id/files/quota") { call in
            try await FileRoutes.quota(call.call, .course(call.course))
        },
        .course("GET /api/v1/courses/:course_id/files/:id") { call in
            try await FileRoutes.show(call.call, in: .course(call.course))
        },
        .course("GET /api/v1/courses/:course_id/folders") { call in
            _ = try await FolderRoutes.root(of: .course(call.course), call.call)
            return try await FolderRoutes.list(
                call.call, .course, call.course, FileAccess.Standing(call.membership))
        },
        .course("POST /api/v1/courses/:course_id/folders") { call in
            try await FolderRoutes.create(call.call, in: .course(call.course))
        },
        .course("GET /api/v1/courses/:course_id/folders/by_path") { call in
            try await FolderRoutes.listPath(
                call.call, in: .course(call.course), FileAccess.Standing(call.membership))
        },
        .course("GET /api/v1/courses/:course_id/folders/by_path/*") { call in
            try await FolderRoutes.listPath(
                call.call, in: .course(call.course), FileAccess.Standing(call.membership))
        },
        .course("GET /api/v1/courses/:course_id/folders/:id") { call in
            try await FolderRoutes.show(call.call, in: .course(call.course))
        },
    ]

    private static let ofUsers: [Route] = [
        .user("GET /api/v1/users/:user_id/files") { call, user in
            try await FileRoutes.list(call, .user, user, .keeper)
        },
        .user("POST /api/v1/users/:user_id/files") { call, user in
            try await UploadRoutes.begin(call, in: .user(user))
        },
        .user("GET /api/v1/users/:user_id/files/quota") { call, user in
            try await FileRoutes.quota(call, .user(user))
        },
        .user("GET /api/v1/users/:user_id/files/:id") { call, user in
            try await FileRoutes.show(call, in: .user(user))
        },
        .user("GET /api/v1/users/:user_id/folders") { call, user in
            _ = try await FolderRoutes.root(of: .user(user), call)
            return try await FolderRoutes.list(call, .user, user, .keeper)
        },
        .user("POST /api/v1/users/:user_id/folders") { call, user in
            try await FolderRoutes.create(call, in: .user(user))
        },
        .user("GET /api/v1/users/:user_id/folders/by_path") { call, user in
            try await FolderRoutes.listPath(call, in: .user(user), .keeper)
        },
        .user("GET /api/v1/users/:user_id/folders/by_path/*") { call, user in
            try await FolderRoutes.listPath(call, in: .user(user), .keeper)
        },
        .user("GET /api/v1/users/:user_id/folders/:id") { call, user in
            try await FolderRoutes.show(call, in: .user(user))
        },
    ]

    private static let folders: [Route] = [
        .call("GET /api/v1/folders/:id") { try await FolderRoutes.show($0) },
        .call("PUT /api/v1/folders/:id") { try await FolderRoutes.update($0) },
        .call("DELETE /api/v1/folders/:id") { try await FolderRoutes.delete($0) },
        .call("GET /api/v1/folders/:folder_id/files") { call in
            let (folder, standing) = try await ContentAccess(call).folder(try call.request.id("folder_id"))
            return try await FileRoutes.list(call, .folder, folder.id, standing)
        },
        .call("POST /api/v1/folders/:folder_id/files") { call in
            let folder = try await ContentAccess(call).changeableFolder(try call.request.id("folder_id"))
            return try await UploadRoutes.begin(call, in: folder.context, folder: folder)
        },
        .call("GET /api/v1/folders/:folder_id/folders") { call in
            let (folder, standing) = try await ContentAccess(call).folder(try call.request.id("folder_id"))
            return try await FolderRoutes.list(call, .folder, folder.id, standing)
        },
        .call("POST /api/v1/folders/:folder_id/folders") { try await FolderRoutes.createBelow($0) },
    ]

    /// Addresses that last, for pages and for what people write: they lead to one that is signed.
    private static let lasting: [Route] = ["/files/:id", "/courses/:course_id/files/:id"].flatMap { place in
        ["preview", "download"].map { mode in
            Route(.get, "\(place)/\(mode)", access: .signedIn) { request, context in
                try await FileRoutes.lead(request, context, isDownload: mode == "download")
            }
        }
    }

    /// What needs no credentials but what is signed.
    private static func open(_ largestFile: Int) -> [Route] {
        [
            .receiving(
                .post, UploadRoutes.path, access: .anyone, bodyLimit: largestFile + UploadRoutes.formBytes,
                UploadRoutes.receive),
            Route(
                .get, "\(ContentLink.prefix)/:institution/:file/:sha256/:mode/:name", access: .anyone,
                ContentAnswer.answer),
        ]
    }
}
