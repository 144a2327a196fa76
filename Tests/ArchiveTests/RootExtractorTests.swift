import Archive
import POSIX
import TestSupport
import Testing

@Suite("Root extractor")
struct RootExtractorTests {
    private let directory: TemporaryDirectory
    private var root: String { directory.path("root") }

    /// An entry of a layer: a name with a final slash is a directory.
    private enum Entry {
        case entry(String, content: String, mode: Int64)
        case link(String, String)
        case hardLink(String, String)
        case device(String)

        static func file(_ name: String, _ content: String = "", mode: Int64 = 0o644) -> Entry {
            .entry(name, content: content, mode: mode)
        }
        static func folder(_ name: String, mode: Int64 = 0o755) -> Entry { .entry("\(name)/", content: "", mode: mode) }
    }

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory("root")
    }

    private func layer(_ entries: [Entry], owner: EntryOwner? = nil) throws -> [UInt8] {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        for entry in entries {
            var header: TarHeader
            var bytes: [UInt8] = []
            switch entry {
            case .entry(let name, let content, let mode):
                header = TarHeader(name: Array(name.utf8), kind: name.hasSuffix("/") ? .directory : .file, mode: mode)
                bytes = Array(content.utf8)
            case .link(let name, let target):
                header = TarHeader(name: Array(name.utf8), kind: .symbolicLink, mode: 0o777)
                header.linkName = Array(target.utf8)
            case .hardLink(let name, let target):
                header = TarHeader(name: Array(name.utf8), kind: .hardLink, mode: 0o644)
                header.linkName = Array(target.utf8)
            case .device(let name):
                header = TarHeader(name: Array(name.utf8), kind: .characterDevice, mode: 0o666)
            }
            header.uid = Int64(owner?.uid ?? Int(Users.effectiveUserID))
            header.gid = Int64(owner?.gid ?? Int(Users.effectiveGroupID))
            try writer.add(header, content: bytes)
        }
        try writer.finish()
        return sink.bytes
    }

    @discardableResult
    private func unpack(_ layers: [[UInt8]], restoresOwners: Bool? = nil) throws -> RootExtractor.Report {
        let extractor = try RootExtractor(directory: root, restoresOwners: restoresOwners)
        for layer in layers { try extractor.apply(MemorySource(layer), diffID: Digest.of(layer)) }
        return try extractor.finish()
    }

    private func unpack(_ layers: [[Entry]]) throws { try unpack(layers.map { try layer($0) }) }

    private func text(_ path: String) -> String? { try? FileSystem.readText(Path.join(root, path)) }
    private func names(_ path: String) throws -> [String] { try FileSystem.list(Path.join(root, path)).map(\.name) }

    @Test("shows the files of higher layers, and of lower ones what is not hidden")
    func whiteouts() throws {
        try unpack([
            [.file("a/gone", "1"), .file("a/kept", "1"), .file("a/tree/deep/file", "1"), .file("b/old", "1")],
            [.file("a/.wh.gone"), .file("a/.wh.tree"), .file("a/.wh.never"), .file("none/.wh.x"), .file("a/new", "2")],
            [.file("b/new", "3"), .file("b/.wh..wh..opq"), .file("b/sub/new", "3"), .file(".wh..wh.plnk", "aufs")],
        ])
        #expect(try names("a") == ["kept", "new"])
        #expect(try names("b") == ["new", "sub"])
        #expect(try names("") == ["a", "b"])
    }

    @Test("hides nothing that the whiteout's own layer has", arguments: [true, false])
    func ownEntries(whiteoutFirst: Bool) throws {
        let made: [Entry] = [.file("d/inner/mine", "2"), .file("f", "2")]
        let hidden: [Entry] = [.file(".wh.d"), .file(".wh.f")]
        try unpack([
            [.file("d/inner/old", "1"), .file("d/other", "1"), .file("f", "1")],
            whiteoutFirst ? hidden + made : made + hidden,
        ])
        #expect(text("f") == "2")
        #expect(text("d/inner/mine") == "2")
        #expect(try names("d") == ["inner"])
        #expect(try names("d/inner") == ["mine"])
    }

    @Test("replaces files by directories, directories by files, and links by either")
    func replacements() throws {
        try unpack([
            [.file("x/in", "1"), .file("y", "1"), .file("t/in", "1"), .link("l", "t"), .link("k", "t")],
            [.file("x", "2"), .folder("y"), .file("y/in", "2"), .folder("l"), .file("l/in", "2"), .file("k", "2")],
        ])
        #expect(text("x") == "2")
        #expect(text("y/in") == "2")
        #expect(text("l/in") == "2")
        #expect(text("k") == "2")
        #expect(text("t/in") == "1")
    }

    @Test("makes files through links where a process in the root would find them")
    func throughLinks() throws {
        try unpack([
            [.file("usr/lib/a", "1"), .link("lib", "usr/lib"), .link("abs", "/usr/lib"), .link("up", "../../../usr")],
            [
                .file("lib/b", "2"), .file("abs/c", "2"), .file("up/lib/d", "2"), .hardLink("abs/e", "lib/a"),
                .file("lib/.wh.a"),
            ],
        ])
        #expect(try names("usr/lib") == ["b", "c", "d", "e"])
        #expect(text("usr/lib/e") == "1")
        #expect(try FileSystem.readLink(Path.join(root, "abs")) == "/usr/lib")
        #expect(try FileSystem.readLink(Path.join(root, "up")) == "../../../usr")
    }

    @Test("keeps modes and times, also of directories that later layers add to")
    func attributes() throws {
        try unpack([
            [.folder("ro", mode: 0o555), .file("ro/a", "1", mode: 0o4755), .folder("closed", mode: 0o000)],
            [.file("ro/b", "2", mode: 0o400), .file("closed/c", "2")],
        ])
        #expect(try FileSystem.status(Path.join(root, "ro")).mode == 0o555)
        #expect(try FileSystem.status(Path.join(root, "ro/a")).mode == 0o4755)
        #expect(try FileSystem.status(Path.join(root, "ro/b")).mode == 0o400)
        #expect(try FileSystem.status(Path.join(root, "closed")).mode == 0o000)
        #expect(try FileSystem.status(Path.join(root, "ro/a")).mtime.seconds == 315_532_801)
        for name in ["ro", "closed"] { try FileSystem.chmod(Path.join(root, name), 0o755) }
    }

    @Test("tells the owners, and leaves devices out")
    func owners() throws {
        let lower = try layer([.file("app/mine"), .file("app/theirs")], owner: EntryOwner(uid: 1001, gid: 1000))
        let upper = try layer([.file("app/theirs"), .device("dev/null")], owner: .root)
        let report = try unpack([lower, upper], restoresOwners: false)
        #expect(report.owners == [Array("app/mine".utf8): EntryOwner(uid: 1001, gid: 1000)])
        #expect(report.devices == 1)
        #expect(!FileSystem.exists(Path.join(root, "dev/null")))
        #expect(try FileSystem.status(Path.join(root, "app/mine")).uid == Users.effectiveUserID)
    }

    @Test("never makes or removes anything outside of the root")
    func outside() throws {
        try directory.write("outside/file", "mine")
        let away = directory.path("outside")
        let hostile: [[Entry]] = [
            [.file("../outside/new")], [.file("a/../../outside/new")],
            [.link("l", "../outside"), .file("l/new")], [.link("l", away), .file("l/new")],
            [.link("l", "../outside"), .file("l/.wh.file")], [.link("l", away), .file("l/.wh..wh..opq")],
            [.link("l", away), .hardLink("stolen", "l/file")], [.hardLink("stolen", "../outside/file")],
            [.file("d/.wh..")], [.file("d/.wh...")], [.file("d/.wh.")], [.link("l", "l"), .file("l/x")],
        ]
        for entries in hostile {
            try FileSystem.removeTree(root)
            try directory.makeDirectory("root")
            try? unpack([[.file("d/in", "1")], entries])
            #expect(try FileSystem.list(away).map(\.name) == ["file"], "\(entries)")
            #expect(try FileSystem.readText(Path.join(away, "file")) == "mine", "\(entries)")
            #expect(try FileSystem.status(Path.join(away, "file")).nlink == 1, "\(entries)")
            #expect(text("stolen") == nil, "\(entries)")
        }
    }

    @Test("refuses a layer with another digest")
    func digest() throws {
        let bytes = try layer([.file("a")])
        let extractor = try RootExtractor(directory: root)
        #expect(throws: ArchiveError.self) { try extractor.apply(MemorySource(bytes), diffID: Digest.of([])) }
    }
}
