import POSIX
import Testing

@Suite("Mounts")
struct MountTableTests {
    @Test("are read with names that have blanks, and without the root")
    func parsing() {
        let text = """
            22 1 0:21 / / rw,relatime - overlay overlay rw
            23 22 0:22 / /proc rw - proc proc rw
            24 22 8:1 /a/b /with\\040blank\\134s rw shared:1 - ext4 /dev/sda1 rw
            not a mount
            """
        #expect(MountTable(parsing: Array(text.utf8)).points == ["/proc", "/with blank\\s"])
    }

    @Test("of this machine have /proc among them")
    func current() throws {
        #expect(try MountTable().points.contains("/proc"))
    }
}
