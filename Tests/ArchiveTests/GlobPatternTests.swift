import TestSupport
import Testing

@testable import Archive

@Suite("Patterns of slices")
struct GlobPatternTests {
    @Test(
        "match like Go's filepath.Match",
        arguments: [
            ("abc", "abc", true), ("*", "abc", true), ("*c", "abc", true), ("a*", "a", true), ("a*", "abc", true),
            ("a*", "ab/c", false), ("a*/b", "abc/b", true), ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", true), ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", false),
            ("a*b?c*x", "abxbbxdbxebxczzx", true), ("a*b?c*x", "abxbbxdbxebxczzy", false), ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true), ("ab[e-g]", "abc", false), ("ab[^c]", "abc", false), ("ab[^b-d]", "abc", false),
            ("ab[^e-g]", "abc", true), ("a\\*b", "a*b", true), ("a\\*b", "ab", false), ("a?b", "a☺b", true),
            ("a[^a]b", "a☺b", true), ("a???b", "a☺b", false), ("[a-ζ]*", "α", true), ("a?b", "a/b", false),
            ("a*b", "a/b", false), ("[\\]a]", "]", true), ("[x\\-]", "-", true), ("*x", "xxx", true), ("", "", true),
            ("**/y.js", "static/y.js", true), ("**/y.js", "static/deep/y.js", false),
        ]
    )
    func matches(pattern: String, path: String, expected: Bool) throws {
        #expect(try #require(GlobPattern(pattern)).matches(path) == expected)
    }

    @Test("are refused when malformed", arguments: ["[]a]", "[-]", "[x-]", "[-x]", "[", "[^", "[^bc", "a[", "a\\"])
    func malformed(pattern: String) throws {
        #expect(GlobPattern(pattern) == nil)
        let disk = try LayerDisk()
        try disk.write("/work/file", "")
        #expect(throws: ArchiveError.self) { try disk.slices("/work", [[pattern]]) }
    }

    @Test("absolute patterns match whole paths")
    func absolute() throws {
        let disk = try LayerDisk()
        try disk.write("/work/d/one", "")
        try disk.write("/work/d/two", "")
        try disk.write("/work/rest", "")
        let layers = try disk.slices("/work", [["/work/d/o*"], ["/d/*", "/other/rest", "work/rest"]])
        #expect(
            try layers.map { try names(tar($0)) } == [
                ["/work", "/work/d", "/work/d/one"], [], ["/work", "/work/d", "/work/d/two", "/work/rest"],
            ]
        )
    }

    @Test("a directory whose entries are all taken is missing from the last slice")
    func takenDirectory() throws {
        let disk = try LayerDisk()
        try disk.write("/work/d/one", "")
        try disk.write("/work/d/two", "")
        try disk.write("/work/rest", "")
        let layers = try disk.slices("/work", [["d/one"], ["d/two"]])
        #expect(
            try layers.map { try names(tar($0)) } == [
                ["/work", "/work/d", "/work/d/one"], ["/work", "/work/d", "/work/d/two"], ["/work", "/work/rest"],
            ]
        )
        let all = try disk.slices("/work", [["*"]])
        #expect(try names(tar(all[1])).isEmpty)
    }
}
