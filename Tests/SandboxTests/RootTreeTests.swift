import POSIX
import Sandbox
import TestSupport
import Testing

@Suite("A root seen from outside")
struct RootTreeTests {
    /// A link of the tree, a path, and where in the tree that is.
    struct Row: Sendable, CustomTestStringConvertible {
        var link: (path: String, target: String)
        var path: String
        var place: String?

        var testDescription: String { "\(link.path) -> \(link.target): \(path)" }
    }

    @Test(
        "symbolic links lead to places within it",
        arguments: [
            Row(link: ("a", "/b"), path: "/a/x", place: "/b/x"),
            Row(link: ("a", "../../../etc"), path: "/a/passwd", place: "/etc/passwd"),
            Row(link: ("d/a", "../b"), path: "/d/a/./x", place: "/b/x"),
            Row(link: ("d/a", "b"), path: "/d/a", place: "/d/b"),
            Row(link: ("a", "a"), path: "/a", place: nil),
            Row(link: ("a", "b"), path: "/../../c", place: "/c"),
        ]
    )
    func location(row: Row) throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("d")
        try FileSystem.createSymlink(directory.path(row.link.path), target: row.link.target)
        let tree = RootTree(root: directory.path)
        #expect(tree.location(row.path) == row.place.map { directory.path + $0 })
    }

    @Test("a fifo is not read, which would wait for ever")
    func fifo() throws {
        let directory = try TemporaryDirectory()
        _ = try runCommand(["mkfifo", directory.path("f")])
        #expect(throws: RootTreeError.noFile("/f")) { try RootTree(root: directory.path).read("/f") }
    }
}
