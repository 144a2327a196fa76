import ImageLibrary
import OCI
import POSIX
import TestSupport
import Testing

@Suite("A full disk", .enabled(if: SmallDisk.isPossible, "needs root that may mount"))
struct FullDiskTests {
    private let setting: StoreSetting
    private let disk: SmallDisk

    init() throws {
        setting = try StoreSetting()
        disk = try SmallDisk(setting.directory)
    }

    private var large: [String: String] {
        var state: UInt32 = 1
        let letters = (0..<1_500_000).map { _ -> Character in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Character(Unicode.Scalar(UInt8(33 + (state >> 16) % 90)))
        }
        return ["large": String(letters)]
    }

    @Test("takes nothing in, and says so")
    func add() throws {
        let image = try setting.makeImage(["app"], layers: [["small": "1"], large])
        let store = try LocalStore(path: Path.join(disk.path, "store"))
        let lease = try store.lease()
        let error = #expect(throws: LibraryError.self) { try store.add(image, names: ["app"], holding: lease) }
        #expect(error?.isFullDisk == true)
        #expect(error.map { "\($0)" }?.contains("no space left on device; make room") == true)
        #expect(try FileSystem.list(lease.temporaryDir).isEmpty)
        #expect(try store.list().isEmpty)
        lease.release()
        #expect(try store.prune().blobs > 0)
    }

    @Test("has no half of a root or an archive")
    func unpack() throws {
        let zeros = [String: String](uniqueKeysWithValues: (0..<3000).map { ("d\($0)/file", "\($0)") })
        let image = try setting.makeImage(["app"], layers: [zeros])
        let store = try LocalStore(path: Path.join(disk.path, "store"))
        let lease = try store.lease()
        let added = try store.add(image, names: ["app"], holding: lease)
        let error = #expect(throws: LibraryError.self) { try store.root(of: added, holding: lease) }
        #expect(error?.isFullDisk == true, "\(error.map { "\($0)" } ?? "")")
        #expect(try FileSystem.list(Path.join(store.path, "roots")).isEmpty)
        #expect(try FileSystem.list(lease.temporaryDir).isEmpty)
        let other = try setting.makeImage(["large"], layers: [large])
        let out = Path.join(disk.path, "out.tar")
        let exported = #expect(throws: LibraryError.self) {
            try setting.store.export(other, to: .dockerArchive(path: out), names: [], through: setting.remote)
        }
        #expect(exported?.isFullDisk == true, "\(exported.map { "\($0)" } ?? "")")
        #expect(try FileSystem.list(disk.path).map(\.name) == ["store"])
    }
}

/// A disk of one megabyte, for as long as the test runs.
private final class SmallDisk: Sendable {
    static let isPossible =
        Conditions.isRoot && (try? runCommand(["unshare", "--mount", "true"]))?.status == .exited(0)

    let path: String

    init(_ directory: TemporaryDirectory) throws {
        path = try directory.makeDirectory("disk")
        let mounted = try runCommand(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path])
        guard mounted.status == .exited(0) else {
            throw POSIXError(.notPermitted, "mount", path, explanation: mounted.errors)
        }
    }

    deinit { _ = try? runCommand(["umount", "--lazy", path]) }
}
