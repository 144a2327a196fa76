import Archive
import POSIX
import TestSupport
import Testing

@testable import DockerfileEngine

@Suite("Snapshots of a root", .enabled(if: Conditions.isRoot, "needs root, as files belong to many users"))
struct SnapshotTests {
    private static let base = #"""
        umask 022
        mkdir -p etc opt/dir/sub/deep opt/other usr/bin var/run
        echo keep > etc/keep; echo gone > etc/gone; echo abc > etc/same; echo linked > etc/linked
        ln etc/linked etc/linked2; ln etc/linked etc/linked3
        echo a > opt/dir/a; echo b > opt/dir/sub/b; echo c > opt/dir/sub/deep/c; echo o > opt/other/o
        ln -s keep etc/link; ln -s ../opt etc/dirlink; mkfifo opt/fifo; echo s > usr/bin/tool; chmod 4755 usr/bin/tool
        echo pid > var/run/pid; echo odd > $'opt/na\nme \'\\ \xff'
        """#

    /// Changes that a program could make, and that a careless comparison would miss or get wrong.
    static let changes: [(name: String, script: String)] = [
        ("nothing", "true"),
        ("new files and directories", "mkdir -p srv/deep/er; echo x > srv/deep/er/f; echo n > etc/new"),
        ("same size in the same second", "printf xyz > etc/same; touch -r etc/keep etc/same"),
        ("same size, same time", "t=$(stat -c @%.Y etc/same); printf 'xyz\\n' > etc/same; touch -d $t etc/same"),
        ("permissions only", "chmod 600 etc/keep; chmod 1777 opt/other; chmod 2755 opt/dir"),
        ("owners only", "chown 5:6 etc/keep opt/dir; chown -h 7:8 etc/link"),
        ("times only", "touch -d 2001-02-03 etc/keep; touch -d 2001-02-03 opt/other; touch -h -d 2001-02-03 etc/link"),
        ("removed files", "rm etc/gone opt/fifo etc/link"),
        ("a removed tree", "rm -r opt/dir"),
        ("a directory made anew", "rm -r opt/dir; mkdir opt/dir"),
        (
            "a directory made anew with some of the names",
            "rm -r opt/dir; mkdir -p opt/dir/sub; echo new > opt/dir/sub/n; echo a > opt/dir/a"
        ),
        ("a directory moved", "mv opt/dir opt/moved"),
        ("a directory swapped with another", "mv opt/dir t; mv opt/other opt/dir; mv t opt/other"),
        ("a file for a directory", "rm -r opt/dir; echo f > opt/dir"),
        ("a directory for a file", "rm etc/keep; mkdir etc/keep; echo in > etc/keep/in"),
        ("a link for a directory", "rm -r opt/dir; ln -s other opt/dir"),
        ("a directory for a link", "rm etc/dirlink; mkdir etc/dirlink; echo in > etc/dirlink/in"),
        ("a file for a link", "rm etc/link; echo f > etc/link"),
        ("a link elsewhere", "ln -sfn same etc/link"),
        ("a fifo for a file", "rm etc/keep; mkfifo etc/keep"),
        ("a device", "mknod opt/null c 1 3; mknod opt/block b 7 9"),
        ("a further hard link", "ln etc/linked opt/linked4"),
        ("a hard link less", "rm etc/linked2"),
        ("a hard link torn apart", "cp etc/linked2 t; mv t etc/linked2; echo more >> etc/linked2"),
        ("a changed file of several names", "echo more >> etc/linked3"),
        ("new files of several names", "echo n > opt/n1; ln opt/n1 opt/n2; mkdir a; ln opt/n1 a/n3"),
        ("swapped files", "mv etc/keep t; mv etc/same etc/keep; mv t etc/same"),
        ("replaced by renaming", "cp -p etc/keep t; mv t etc/keep"),
        ("made and removed again", "echo x > opt/x; rm opt/x"),
        ("setuid and capabilities of modes", "chmod u-s usr/bin/tool; echo x > usr/bin/new; chmod 6711 usr/bin/new"),
        (
            "names that need care",
            #"rm $'opt/na\nme \'\\ \xff'; echo 1 > $'-n'; echo 2 > ' '; echo 3 > $'\x01\t'; echo 4 > '*'; echo 5 > ünï"#
        ),
        ("long names", "n=$(printf 'n%.0s' {1..250}); mkdir -p $n/$n/$n/$n; echo x > $n/$n/$n/$n/$n; ln -s $n/$n l"),
        ("a sparse file", "truncate -s 64M opt/sparse; echo x >> opt/sparse; truncate -s 80M opt/sparse"),
        ("an unreadable directory", "mkdir opt/closed; echo x > opt/closed/x; chmod 0 opt/closed opt/closed/x"),
        ("a socket", "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"opt/socket\")'"),
        (
            "a socket for a file",
            "rm etc/keep; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"etc/keep\")'"
        ),
        ("many files", "mkdir many; for i in {1..300}; do echo $i > many/$i; done"),
        ("the root itself", "chmod 750 .; chown 3:4 ."),
    ]

    @Test("give a layer that makes the tree what it is", arguments: changes.map(\.name))
    func layers(name: String) throws {
        let script = try #require(Self.changes.first { $0.name == name }).script
        let tree = try ChangedTree()
        try tree.change(Self.base)
        let found = try tree.change(script)
        #expect((name == "nothing") == found.isEmpty)
        #expect(try ChangedTree.description(of: tree.applied()) == ChangedTree.description(of: tree.root))
        if name == "the root itself" {
            let status = try FileSystem.status(tree.applied())
            #expect((status.mode, status.uid, status.gid) == (0o750, 3, 4))
        }
        if name == "a sparse file" {
            let size = try runCommand(["du", "-k", "\(tree.applied())/opt/sparse"]).output
            #expect(Int(size.prefix { $0.isNumber }) ?? .max < 1024)
        }
    }

    @Test(
        "agree with what umoci unpacks",
        .enabled(if: Conditions.commandExists("umoci"), "needs umoci"),
        arguments: changes.map(\.name)
    )
    func umoci(name: String) throws {
        let script = try #require(Self.changes.first { $0.name == name }).script
        let tree = try ChangedTree()
        try tree.change(Self.base)
        try tree.change(script)
        #expect(try ChangedTree.description(of: tree.unpackedByUmoci()) == ChangedTree.description(of: tree.root))
    }

    @Test("go on from layer to layer")
    func sequence() throws {
        let tree = try ChangedTree()
        try tree.change(Self.base)
        for (name, script) in Self.changes
        where [
            "new files and directories", "removed files", "a further hard link",
            "a directory made anew", "a sparse file", "long names",
        ].contains(name) {
            try tree.change(script)
        }
        #expect(try ChangedTree.description(of: tree.applied()) == ChangedTree.description(of: tree.root))
    }

    @Test("keep extended attributes that belong to an image")
    func attributes() throws {
        let tree = try ChangedTree()
        try tree.change(Self.base)
        let capability: [UInt8] = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let file = PathBytes("\(tree.root)/usr/bin/tool")
        try FileSystem.setExtendedAttribute(file, ExtendedAttribute(name: "security.capability", value: capability))
        let changes = try tree.change("true")
        #expect(changes.map(\.path.string) == ["usr/bin/tool"])
        let applied = try PathBytes("\(tree.applied())/usr/bin/tool")
        #expect(
            try FileSystem.extendedAttributes(applied).filter { $0.name == "security.capability" }.map(\.value)
                == [capability]
        )
    }

    @Test("leave out what is excluded, and what is below it")
    func exclusions() throws {
        let tree = try ChangedTree(exclusions: ["/var/run", "/workspace", "/not/there"])
        try tree.change(Self.base)
        let changes = try tree.change(
            "echo x > var/run/new; rm var/run/pid; mkdir workspace; echo x > workspace/x; echo y > var/y"
        )
        #expect(Set(changes.map(\.path.string)) == ["var", "var/y"])
        // A directory made anew would hide what is excluded below it if it were marked so.
        try tree.change("mv var t; mkdir var; mv t/run var/run; rm -r t; echo z > var/z")
        #expect(!FileSystem.exists("\(try tree.applied())/var/y"))
        #expect(FileSystem.exists("\(try tree.applied())/var/z"))
    }

    @Test("read a root of many files on all processors, and only names that may have changed")
    func manyDirectories() throws {
        let tree = try ChangedTree()
        try tree.change("for i in {1..200}; do mkdir -p d$i/e; for j in {1..20}; do echo $j > d$i/e/$j; done; done")
        let changes = try tree.change("echo x >> d77/e/5; rm d78/e/6; echo n > d79/e/new")
        #expect(
            Set(changes.map(\.path.string)) == ["d77/e/5", "d78/e", "d78/e/6", "d79/e", "d79/e/new"]
        )
    }
}
