import TestSupport
import Testing

@testable import POSIX

/// An operation on a name that must not lead out of its directory.
struct AnchoredOperation: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var run: @Sendable (borrowing Directory, PathBytes) throws(POSIXError) -> Void

    static let all = [
        AnchoredOperation(testDescription: "reading") { directory, name throws(POSIXError) in
            _ = try directory.openFile(name)
        },
        AnchoredOperation(testDescription: "replacing") { directory, name throws(POSIXError) in
            _ = try directory.openFile(name, .replace)
        },
        AnchoredOperation(testDescription: "creating") { directory, name throws(POSIXError) in
            _ = try directory.openFile(name, [.write, .create, .exclusive])
        },
        AnchoredOperation(testDescription: "entering") { directory, name throws(POSIXError) in
            _ = try directory.openDirectory(name)
        },
        AnchoredOperation(testDescription: "changing the mode") { directory, name throws(POSIXError) in
            try directory.changeMode(name, 0o777)
        },
        AnchoredOperation(testDescription: "making a directory") { directory, name throws(POSIXError) in
            try directory.makeDirectory(name)
        },
    ]
}

@Suite("Anchored directories")
struct DirectoryTests {
    /// A tree with links that lead to everywhere.
    private func hostileTree() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write("outside/secret", "keep", mode: 0o600)
        try directory.write("tree/file", "file")
        try directory.write("tree/inside/file", "inside")
        let links = [
            ("link", "../outside"), ("file-link", "../outside/secret"), ("inside/up", "../.."), ("inside/self", "."),
            ("dir-link", "inside"), ("absolute", "/etc"), ("dangling", "../outside/new"),
        ]
        for (name, target) in links {
            try FileSystem.createSymlink(directory.path("tree/\(name)"), target: target)
        }
        return directory
    }

    @Test("no operation follows a symbolic link", arguments: AnchoredOperation.all, ["file-link", "link", "dangling"])
    func refusesLinks(operation: AnchoredOperation, name: String) throws {
        let temporary = try hostileTree()
        let directory = try Directory(opening: temporary.path("tree"))
        let expected: Set<Errno> = [.tooManyLinks, .notDirectory, .fileExists]
        let error = #expect(throws: POSIXError.self) { try operation.run(directory, PathBytes(name)) }
        #expect(expected.contains(try #require(error).errno))
        #expect(try FileSystem.readText(temporary.path("outside/secret")) == "keep")
        #expect(try FileSystem.status(temporary.path("outside/secret")).mode == 0o600)
        #expect(try FileSystem.list(temporary.path("outside")).count == 1)
    }

    @Test("removing a tree removes links, not what they lead to")
    func removeTree() throws {
        let temporary = try hostileTree()
        let directory = try Directory(opening: temporary.path)
        try directory.removeTree("tree")
        #expect(!FileSystem.exists(temporary.path("tree")))
        #expect(FileSystem.exists(temporary.path("outside/secret")))
        try directory.removeTree("tree")
    }

    @Test("entries are sorted bytewise and keep names that are not UTF-8")
    func entries() throws {
        let temporary = try TemporaryDirectory()
        let directory = try Directory(opening: temporary.path)
        let names: [PathBytes] = ["b", "B", "a-b", PathBytes([0xff, 0x41]), "a", "é"]
        for name in names { _ = try directory.openFile(name, [.write, .create]) }
        try directory.makeDirectory("dir")
        try directory.createSymlink("link", target: "nowhere")
        let entries = try directory.entries()
        #expect(entries.map(\.rawName) == ["B", "a", "a-b", "b", "dir", "link", "é", PathBytes([0xff, 0x41])])
        #expect(entries.map(\.type).filter { $0 != .regular } == [.directory, .symlink])
        #expect(try directory.entries() == entries)
    }

    @Test("a directory of ten thousand entries is read whole")
    func manyEntries() throws {
        let temporary = try TemporaryDirectory()
        let directory = try Directory(opening: temporary.path)
        for number in 0..<10_000 { try directory.createSymlink(PathBytes("entry-\(number)"), target: "x") }
        #expect(Set(try directory.entries().map(\.name)).count == 10_000)
    }
}
