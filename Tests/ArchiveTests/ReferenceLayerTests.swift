import Archive
import POSIX
import TestSupport
import Testing

/// The diffIDs were recorded from the reference lifecycle (Go), version 0.21.17, for the same input.
@Suite("Layers have the reference's bytes", .enabled(if: Conditions.isRoot, "owners can only be set by root"))
struct ReferenceLayerTests {
    @Test("an app directory with odd files")
    func oddFiles() throws {
        let disk = try LayerDisk()
        func letters(_ letter: String, _ count: Int) -> String { String(repeating: letter, count: count) }
        let work = "/workspace"
        try disk.write("\(work)/plain", "x")
        try disk.write("\(work)/zero", "")
        try disk.link("\(work)/abs-link", to: "/etc/passwd")
        try disk.link("\(work)/rel-link", to: "./plain")
        try disk.link("\(work)/dangling", to: "gone/away")
        try disk.link("\(work)/dir-link", to: "emptydir")
        try disk.makeDirectory("\(work)/emptydir", mode: 0o700)
        try disk.makeDirectory("\(work)/sticky", mode: 0o1777)
        try disk.makeDirectory("\(work)/setgid", mode: 0o2755)
        try disk.write("\(work)/suid", "#!/bin/sh\n", mode: 0o4755)
        try disk.write("\(work)/sgid", "#!/bin/sh\n", mode: 0o2755)
        try disk.write("\(work)/hard1", "hard linked")
        try FileSystem.createHardLink("\(disk.root)\(work)/hard2", to: "\(disk.root)\(work)/hard1")
        let directory = try Directory(opening: "\(disk.root)\(work)")
        try directory.makeNode("fifo", type: .fifo, mode: 0o644)
        try directory.changeMode("fifo", 0o644)
        try directory.makeNode("sock", type: .socket, mode: 0o644)
        try disk.write("\(work)/sparse", "")
        let sparse = try OwnedDescriptor(opening: "\(disk.root)\(work)/sparse", .readWrite)
        try sparse.descriptor.truncate(to: 1 << 20)
        try disk.write("\(work)/others", "owned by others")
        try FileSystem.chown("\(disk.root)\(work)/others", uid: 12345, gid: 54321)
        try disk.write("\(work)/big-id", "uid above octal 7 digits")
        try FileSystem.chown("\(disk.root)\(work)/big-id", uid: 3_000_000, gid: 3_000_001)
        try disk.write("\(work)/ünïcode ☃/naïve file", "u")
        try disk.write("\(work)/with space/and\ttab", "t")
        try disk.write("\(work)/new\nline", "n")
        try disk.write("\(work)/\(letters("a", 120))", "name of 120")
        try disk.write("\(work)/\(letters("d", 90))/\(letters("e", 90))/\(letters("f", 90))", "path above 255")
        try disk.write("\(work)/\(letters("p", 150))/\(letters("q", 60))", "fits a ustar prefix")
        try disk.link("\(work)/long-target", to: letters("t", 130))
        try disk.write("\(work)/é\(letters("u", 110))", "unicode and long")
        try disk.write("\(work)/-dash", "d")
        try disk.write("\(work)/.git/HEAD", "ref")

        let layers = try disk.slices(work)
        #expect(layers.count == 1)
        #expect(
            try diffID(layers[0]) == "sha256:d8f3ea9d5ee9e8ffe4a5782f721a3a62f03143057844bce811168374c6ecbf72"
        )
    }

    @Test("slices with globs, overlaps, directories and patterns that match nothing")
    func slices() throws {
        let disk = try LayerDisk()
        try disk.write("/workspace/a.txt", "a")
        try disk.write("/workspace/b.txt", "b")
        try disk.write("/workspace/c.md", "c")
        try disk.write("/workspace/static/x.js", "x")
        try disk.write("/workspace/static/deep/y.js", "y")
        try disk.link("/workspace/static/link", to: "../a.txt")
        try disk.write("/workspace/vendor/lib/one", "1")
        try disk.write("/workspace/vendor/lib/two", "2")
        try disk.makeDirectory("/workspace/empty")
        try disk.write("/workspace/.hidden", "h")
        try disk.write("/workspace/[odd]", "o")
        let patterns = [
            ["*.txt"], ["static", "a.txt"], ["vendor/*/one", "nothing/*", "/abs", "../escape"], ["**/y.js", "empty"],
            [],
        ]
        let diffIDs = try disk.slices("/workspace", patterns).map { try diffID($0) }
        #expect(
            diffIDs == [
                "sha256:a2364d56dc6fd4a385e13452208617e99c2bf566c8b1983f9f2c5d472a676992",
                "sha256:75a2419cfcfc23f82437756d277c5c2ac5f985d5d90163693337c79b5d91cf63",
                "sha256:f539c3d2b4f2dab73313709cbfd8ca98dfb9121007bde680af05629c7355ea69",
                "sha256:aba247c388258eb5a8723195daeee320bc5e6121750f0c41ffbd315ac7797ba8",
                "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
                "sha256:ca4691eaf0e6aa8cc23a1729447a225afd8548ae056432c82bff8224c367b918",
            ]
        )
    }

    @Test("a layer directory whose owner is replaced, below parents whose owner stays")
    func owners() throws {
        let disk = try LayerDisk()
        try disk.write("/layers/acme_one/l/f", "x\n")
        try disk.write("/workspace/theirs", "x")
        let owner = EntryOwner(uid: 1234, gid: 5678)
        #expect(
            try diffID(disk.layer("/layers/acme_one/l", owner: owner))
                == "sha256:d52701366b5f085dee2936094c7eb231154ccbd833e9d67998412e023513f2eb"
        )
        #expect(
            try diffID(disk.slices("/workspace", owner: owner)[0])
                == "sha256:a0c25599aef8d0f2b86f3da9cd12ffd20bfeed4a07b2aa0584e347a3cd2db7fd"
        )
    }

    @Test("layers of a first build")
    func firstBuild() throws {
        let disk = try LayerDisk()
        try disk.write("/layers/acme_one/launch-only/bin/tool", "tool\n", mode: 0o755)
        try disk.write("/layers/sbom/launch/sbom.legacy.json", "null\n")
        try disk.write("/workspace/app.txt", "hello\n")
        try disk.write("/workspace/bin/start", "#!/bin/bash\necho start\n", mode: 0o755)
        #expect(
            try diffID(disk.layer("/layers/acme_one/launch-only"))
                == "sha256:f52becc85ad740bd24ac1298a86184c947a216b62273c95dd3940cf3c853fe17"
        )
        #expect(
            try diffID(disk.layer("/layers/sbom/launch"))
                == "sha256:36f9de0748c420980a265697f38f76b0f9ae9b7862d3467b76b638706e637425"
        )
        #expect(
            try diffID(disk.slices("/workspace")[0])
                == "sha256:ba2a1e251e1b48594942d666bc4e12a1c93b5a0b85f581df5e643e775d6097eb"
        )
    }

    @Test("symbolic links for process types")
    func processTypes() throws {
        let content = LayerContent.links(
            ["/cnb/process/web", "/cnb/process/worker"],
            to: "/cnb/lifecycle/launcher",
            directories: ["/cnb", "/cnb/process"]
        )
        #expect(try diffID(content) == "sha256:c32b6c6d08c5d84a980a518d1dd9093c22b9e003f2b6b468f12fe1e7cd918b3f")
    }
}
