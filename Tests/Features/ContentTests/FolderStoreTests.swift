import Postgres
import Tenancy
import Testing
import WebServer

@testable import Content

struct `Folder store` {
    private func name(_ text: String) throws -> FileName { try #require(FileName(text)) }

    private func folder(_ archive: Archive, _ id: Int64) async throws -> Folder {
        try await archive.call(as: archive.staff) { try await ContentAccess($0).folder(id).folder }
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? WebError)?.code ?? "\(error)"
        }
    }

    @Test func `makes one root for each context, however many ask at once`() async throws {
        let archive = try await Archive.open()
        let roots = await withTaskGroup(of: Int64?.self) { group in
            for _ in 0..<8 {
                group.addTask { try? await archive.change { try await $1.root(of: .course(archive.course)) } }
            }
            return await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
        }
        #expect(roots.count == 1 && !roots.contains(nil))
    }

    @Test func `makes the folders of a path, once`() async throws {
        let archive = try await Archive.open()
        let context = FileContext.course(archive.course)
        let made = try await archive.change { try await $1.folder(at: "/week 1//slides/", in: context) }
        #expect(try await folder(archive, made).fullName == "course files/week 1/slides")
        #expect(
            try await archive.change { try await $1.folder(at: "course files/week 1/slides", in: context) }
                == made)
        #expect(
            await code { _ = try await archive.change { try await $1.folder(at: "a/../b", in: context) } }
                == "bad_request")
        let deep = Array(repeating: "x", count: 32).joined(separator: "/")
        #expect(
            await code { _ = try await archive.change { try await $1.folder(at: deep, in: context) } }
                == "bad_request")
        #expect(
            try await archive.change { try await $1.folder(at: String(deep.dropLast(2)), in: context) } > 0)
    }

    @Test func `moves a tree with its names, and never into itself`() async throws {
        let archive = try await Archive.open()
        let context = FileContext.course(archive.course)
        let low = try await archive.change { try await $1.folder(at: "a/b/c", in: context) }
        let other = try await archive.change { try await $1.folder(at: "d", in: context) }
        let top = try await archive.change { try await $1.folder(at: "a", in: context) }
        let (a, c, d) = (
            try await folder(archive, top), try await folder(archive, low), try await folder(archive, other)
        )
        let new = try name("z")
        try await archive.change {
            try await $1.update(a, name: new, parent: d, a.availability, position: nil)
        }
        let moved = try await folder(archive, low)
        #expect(moved.fullName == "course files/d/z/b/c" && moved.depth == 4)
        for into in [c, a] {
            #expect(
                await code {
                    let now = try await folder(archive, top)
                    let parent = try await folder(archive, into.id)
                    try await archive.change {
                        try await $1.update(now, name: new, parent: parent, now.availability, position: nil)
                    }
                } == "bad_request")
        }
        // A name that is taken there.
        let taken = try await archive.change { try await $1.folder(at: "z", in: context) }
        let root = try await archive.change { try await $1.root(of: context) }
        #expect(
            await code {
                let now = try await folder(archive, top)
                let parent = try await folder(archive, root)
                try await archive.change {
                    try await $1.update(now, name: new, parent: parent, now.availability, position: nil)
                }
            } == "name_taken")
        #expect(try await folder(archive, taken).fullName == "course files/z")
    }

    @Test func `removes a tree with its files, and frees their room`() async throws {
        let archive = try await Archive.open()
        let context = FileContext.course(archive.course)
        let low = try await archive.change { try await $1.folder(at: "a/b", in: context) }
        let top = try await archive.change { try await $1.folder(at: "a", in: context) }
        let file = try await archive.add("x", size: 5, in: low)
        try await archive.add("y", size: 6, in: top)
        try await archive.add("kept", size: 7)
        let a = try await folder(archive, top)
        try await archive.change { try await $1.delete(a, usage: $0.usage) }
        #expect(try await archive.sql("SELECT DISTINCT bytes_used::text FROM content_usage") == [["7"]])
        #expect(try await archive.refusal(of: file, as: archive.staff) == 404)
        // The name is free again, and a file cannot come to a folder that is gone.
        #expect(try await archive.change { try await $1.folder(at: "a", in: context) } != top)
        #expect(await code { try await archive.add("late", in: low) } == "not_found")
    }
}
