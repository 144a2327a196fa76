import Archive
import POSIX
import Sandbox
import TestSupport
import Testing

@testable import Builds

@Suite("Run images and app users")
struct RunTests {
    @Test("a user is a number or a name of the image's own files")
    func users() throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n")
        try scratch.write("etc/group", "root:x:0:\nstaff:x:50:\n")
        let expected = [
            ("", "0:0"), ("app", "1000:1001"), ("1000", "1000:1001"), ("app:staff", "1000:50"), ("7", "7:0"),
            ("7:8", "7:8"),
        ]
        for (text, owner) in expected {
            #expect(try AppUser(text, root: scratch.path).owner.description == owner, "\(text)")
        }
        #expect(AppUser.home(of: 1000, root: scratch.path) == "/home/app")
        #expect(AppUser.home(of: 2000, root: scratch.path) == nil)
        let error = #expect(throws: BuildError.self) { try AppUser("nobody", root: scratch.path) }
        #expect(error?.description.contains("'nobody'") == true)
    }

    @Test("what an app needs shows in its files")
    func kinds() throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("site/index.html", "")
        try scratch.write("django/manage.py", "")
        try scratch.write("program/Procfile", "web: ./run\n")
        func kind(_ name: String, _ hasOwn: Bool = false) -> HostRunImage.Kind {
            HostRunImage(for: scratch.path(name), hasOwnBuildpacks: hasOwn).kind
        }
        #expect(kind("site") == .empty)
        #expect(kind("site", true) == .base)
        #expect(kind("django") == .python)
        #expect(kind("program") == .base)
    }

    @Test("the exporter's lines tell how many layers are new, those with the app's files among them")
    func layers() {
        var record = PhaseRecord()
        let lines = [
            "Reusing layers from image 'x'", "Reusing layer 'a:b'", "Adding layer 'c:d'", "Added 1/3 app layer(s)",
            "Reused 2/3 app layer(s)", "Adding cache layer 'c:d'", "Adding label 'e'",
        ]
        record.add(lines, of: .export)
        record.add(["Restoring data for \"a:b\" from cache", "Adding layer 'no'"], of: .restore)
        #expect((record.newLayers, record.reusedLayers) == (2, 3))
        #expect(record.restoredLayers == ["a:b"])
    }

    @Test("an empty run image has a user, /tmp, and parents before their children")
    func empty() {
        let names = HostFiles(packages: nil, names: []).sources.map { source in
            switch source {
            case .directory(let path, let mode, _): "\(path) \(String(mode, radix: 8))"
            case .bytes(let path, _, _, _): path
            default: "?"
            }
        }
        #expect(names == ["/etc 755", "/etc/group", "/etc/passwd", "/root 700", "/tmp 1777"])
    }

    @Test(
        "the C library is among the files of a base image",
        .enabled(if: FileSystem.exists("/var/lib/dpkg/status"), "needs a Debian system")
    )
    func base() throws {
        let packages = try #require(DebianPackages())
        let closure = packages.closure(of: ["dash", "no-such-package"]).map(\.name)
        #expect(closure.contains("libc6"))
        #expect(!closure.contains("dpkg"))
        let files = Set(packages.files(of: "libc6"))
        #expect(files.contains { $0.hasSuffix("/libc.so.6") })
        #expect(!files.contains { $0.hasPrefix("/usr/share/doc/") })
    }
}
