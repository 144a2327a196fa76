import POSIX
import TestSupport
import Testing

@Suite("Privileges", .enabled(if: Conditions.isRoot, "needs root"))
struct PrivilegesTests {
    @Test("dropping changes all threads, all ids and all groups, for good")
    func drop() async {
        await #expect(processExitsWith: .success) {
            // The test process has threads already; this one makes sure of it.
            let isDropped = Lock(false)
            let thread = try Thread { while !isDropped.withLock({ $0 }) { Clock.sleep(milliseconds: 1) } }
            try Privileges.drop(to: 1234, gid: 2345)
            // The first thread of a test process has ended long ago, as far as libc is concerned; the kernel still
            // lists it.
            let first = try FileSystem.readLink("/proc/self")
            let tasks = try FileSystem.list("/proc/self/task").filter { $0.name != first }
            #expect(tasks.count > 1)
            for task in tasks {
                let status = try FileSystem.readText("/proc/self/task/\(task.name)/status").split(separator: "\n")
                #expect(status.contains("Uid:\t1234\t1234\t1234\t1234"))
                #expect(status.contains("Gid:\t2345\t2345\t2345\t2345"))
                #expect(status.contains("Groups:\t2345 "))
            }
            #expect(throws: POSIXError.self) { try Privileges.drop(to: 0, gid: 0) }
            try Privileges.drop(to: 1234, gid: 2345)
            isDropped.withLock { $0 = true }
            thread.join()
        }
    }

    @Test("a tree is given away with its links, but not what they lead to")
    func changeOwner() throws {
        let directory = try TemporaryDirectory()
        try directory.write("outside", "")
        try directory.write("tree/inner/file", "")
        try FileSystem.createSymlink(directory.path("tree/inner/link"), target: "../../outside")
        try FileSystem.changeOwnerOfTree(directory.path("tree"), uid: 1234, gid: 2345)
        for name in ["tree", "tree/inner", "tree/inner/file", "tree/inner/link"] {
            let status = try FileSystem.linkStatus(directory.path(name))
            #expect(status.uid == 1234 && status.gid == 2345, "\(name)")
        }
        #expect(try FileSystem.status(directory.path("outside")).uid == 0)
    }
}
