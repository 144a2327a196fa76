import POSIX
import TestSupport
import Testing

@Suite("File system")
struct FileSystemTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("errors read like those of Go's system calls")
    func errorTexts() {
        func text(_ operation: () throws(POSIXError) -> Void) -> String? {
            do {
                try operation()
                return nil
            } catch {
                return error.description
            }
        }
        let missing = text { () throws(POSIXError) in _ = try FileSystem.readFile("/no/such/file") }
        #expect(missing == "open /no/such/file: no such file or directory")
        let directory = text { () throws(POSIXError) in _ = try FileSystem.readFile("/") }
        #expect(directory == "read /: is a directory")
        let blocked = text { () throws(POSIXError) in try FileSystem.makeDirectories("/dev/null/x") }
        #expect(blocked == "mkdir /dev/null/x: not a directory")
        let renamed = text { () throws(POSIXError) in try FileSystem.rename("/no/a", to: "/no/b") }
        #expect(renamed == "rename /no/a /no/b: no such file or directory")
    }

    @Test("what is written is read again", arguments: [0, 1, 4095, 4096, 4097, 1_000_003])
    func roundTrip(count: Int) throws {
        let bytes = RandomBytes.bytes(count: count)
        let path = directory.path("file")
        try FileSystem.writeFile(path, bytes, mode: 0o600)
        #expect(try FileSystem.readFile(path) == bytes)
        #expect(try FileSystem.status(path).size == Int64(count))
    }

    @Test("files without a known size are read whole")
    func procFile() throws {
        #expect(try FileSystem.readText("/proc/self/status").contains("VmPeak"))
    }

    @Test(
        "what may have no end is not read, and nobody is waited for",
        arguments: [
            ("mkfifo fifo", "fifo", "is a FIFO"), ("ln -s /dev/zero zero", "zero", "is a character device"),
            ("truncate -s 10G huge", "huge", "is larger than 1000 bytes"), ("seq 1000 > large", "large", "is larger"),
            ("mkdir d", "d", "is a directory"),
        ]
    )
    func endless(command: String, name: String, reason: String) throws {
        let disk = try TemporaryDirectory()
        #expect(try runCommand(["sh", "-c", "cd '\(disk.path)' && \(command)"]).status == .exited(0))
        #expect {
            try FileSystem.readFile(disk.path(name), limit: 1000)
        } throws: { error in
            "\(error)".hasPrefix("read \(disk.path(name)): \(reason)")
        }
    }

    @Test("/dev/null is an empty file")
    func nullDevice() throws {
        #expect(try FileSystem.readFile("/dev/null").isEmpty)
    }

    @Test("replacing atomically keeps the old file when it fails, and leaves nothing behind")
    func atomicReplacement() throws {
        let path = try directory.write("file", "old")
        try FileSystem.writeFileAtomically(path, Array("new".utf8), mode: 0o640)
        #expect(try FileSystem.readText(path) == "new")
        try directory.makeDirectory("taken/x")
        #expect(throws: POSIXError.self) { try FileSystem.writeFileAtomically(directory.path("taken"), []) }
        #expect(try FileSystem.list(directory.path).map(\.name) == ["file", "taken"])
    }

    @Test("missing directories are made, existing ones accepted, files refused")
    func makeDirectories() throws {
        try FileSystem.makeDirectories(directory.path("a/b/c"), mode: 0o750)
        try FileSystem.makeDirectories(directory.path("a/b/c"))
        #expect(FileSystem.isDirectory(directory.path("a/b/c")))
        try directory.write("file", "")
        let error = #expect(throws: POSIXError.self) { try FileSystem.makeDirectories(directory.path("file/x")) }
        #expect(error?.errno == .notDirectory)
    }

    @Test("a copied tree has the same files, links, modes and times")
    func copyTree() throws {
        try directory.write("from/deep/tool", "#!/bin/sh\n", mode: 0o755)
        try directory.write("from/secret", "s", mode: 0o400)
        try FileSystem.createSymlink(directory.path("from/link"), target: "deep/tool")
        _ = try runCommand(["touch", "--date=@315532801", directory.path("from/secret")])
        try FileSystem.copyTree(directory.path("from"), to: directory.path("to"))
        try FileSystem.copyTree(directory.path("from"), to: directory.path("to"))
        #expect(try FileSystem.readText(directory.path("to/deep/tool")) == "#!/bin/sh\n")
        #expect(try FileSystem.status(directory.path("to/deep/tool")).mode == 0o755)
        #expect(try FileSystem.status(directory.path("to/secret")).mode == 0o400)
        #expect(try FileSystem.status(directory.path("to/secret")).mtime.seconds == 315_532_801)
        #expect(try FileSystem.readLink(directory.path("to/link")) == "deep/tool")
    }

    @Test("a tree with closed directories and odd names is removed")
    func removeTree() throws {
        try directory.write("tree/a/b/c", "")
        let inner = try Directory(opening: directory.path("tree/a"))
        _ = try inner.openFile(PathBytes([0xff, 0x20]), [.write, .create])
        try FileSystem.removeTree(directory.path("tree"))
        #expect(!FileSystem.exists(directory.path("tree")))
        try FileSystem.removeTree(directory.path("tree"))
    }

    @Test("a long link is read whole")
    func longLink() throws {
        let target = String(repeating: "x/", count: 1500)
        try FileSystem.createSymlink(directory.path("link"), target: target)
        #expect(try FileSystem.readLink(directory.path("link")) == target)
    }

    @Test("a second holder of a lock has to wait")
    func fileLock() throws {
        let path = directory.path("lock")
        do {
            let first = try FileLock(path)
            let second = try FileLock.ifAvailable(path)
            let isTaken = second == nil
            #expect(isTaken)
            _ = consume first
        }
        let isFree = try FileLock.ifAvailable(path) != nil
        #expect(isFree)
    }
}
