import POSIX
import Testing

@Suite("Paths")
struct PathTests {
    @Test(
        "cleaning gives the shortest equal path",
        arguments: [
            ("", "."), (".", "."), ("/", "/"), ("//", "/"), ("a", "a"), ("a/", "a"), ("a//b", "a/b"), ("./a", "a"),
            ("a/.", "a"), ("a/./b", "a/b"), ("a/..", "."), ("a/../b", "b"), ("../a", "../a"), ("a/../../b", "../b"),
            ("../../a", "../../a"), ("/..", "/"), ("/../a", "/a"), ("/a/../..", "/"), ("/a/b/../c/", "/a/c"),
            ("a/b/../../..", ".."), ("...", "..."), ("/a/..b/.c", "/a/..b/.c"), ("é/../ü", "ü"),
        ]
    )
    func clean(path: String, expected: String) {
        #expect(Path.clean(path) == expected)
        #expect(Path.clean(expected) == expected)
    }

    @Test(
        "the last element and what is before it",
        arguments: [
            ("", ".", "."), ("/", "/", "/"), ("a", "a", "."), ("/a", "a", "/"), ("/a/b", "b", "/a"),
            ("a/b/", "b", "a/b"),
            ("///", "/", "/"), ("a//b", "b", "a"), ("../a", "a", ".."), ("/a/../b", "b", "/"),
        ]
    )
    func baseAndDirectory(path: String, base: String, directory: String) {
        #expect(Path.base(path) == base)
        #expect(Path.directory(path) == directory)
    }

    @Test("joining leaves out empty elements and cleans")
    func join() {
        #expect(Path.join("/layers", "acme_a", "web") == "/layers/acme_a/web")
        #expect(Path.join("", "a", "", "b") == "a/b")
        #expect(Path.join("", "") == "")
        #expect(Path.join("/a/", "/b/") == "/a/b")
        #expect(Path.join("a", "..", "..") == "..")
    }

    @Test(
        "what lies below a directory",
        arguments: [
            ("/a/b", "/a", true), ("/a", "/a", true), ("/ab", "/a", false), ("/", "/a", false), ("/a", "/", true),
            ("/a/../b", "/a", false), ("/a/b/", "/a/", true),
        ]
    )
    func isBelow(path: String, directory: String, expected: Bool) {
        #expect(Path.isBelow(path, directory) == expected)
    }

    @Test("the suffix starts at the last dot of the last element")
    func fileExtension() {
        #expect(Path.fileExtension("a/b.tar.gz") == ".gz")
        #expect(Path.fileExtension("a.b/c") == "")
        #expect(Path.fileExtension("") == "")
    }

    @Test("raw paths end at NUL and are ordered bytewise")
    func pathBytes() {
        #expect(PathBytes([0x61, 0, 0x62]).count == 1)
        #expect(PathBytes([0xff, 0xfe]).bytes.elementsEqual([0xff, 0xfe]))
        #expect(["b", "a/b", "B", "ä"].map(PathBytes.init(_:)).sorted().map(\.string) == ["B", "a/b", "b", "ä"])
        #expect(PathBytes("a").appending("b") == "a/b")
        #expect(PathBytes("/").appending("b") == "/b")
        #expect(PathBytes("").appending("b") == "b")
    }
}
