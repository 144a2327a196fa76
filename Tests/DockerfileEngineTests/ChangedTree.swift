import Archive
import POSIX
import TestSupport
import Testing

@testable import DockerfileEngine

/// A tree with a history: layers that were made of it before and after it was changed.
final class ChangedTree {
    let directory: TemporaryDirectory
    var root: String { directory.path("root") }
    /// The layers, lowest first: digests and where the tars are.
    private(set) var layers: [(path: String, layer: ArchivedLayer)] = []
    private var survey: RootSurvey

    init(exclusions: [String] = []) throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory("root")
        survey = RootSurvey(root: directory.path("root"), exclusions: TreeExclusions(exclusions))
    }

    /// Changes the tree by a script that runs in it, and makes a layer of what has changed.
    ///
    /// - Returns: The layer's changes.
    @discardableResult
    func change(_ script: String) throws -> [TreeChange] {
        try survey.prepare()
        let result = try runCommand(["bash", "-euc", script], in: root)
        try #require(result.status == .exited(0), "\(result.errors)")
        let changes = try survey.update()
        var content = LayerContent([.changes(LayerChanges(root: root, changes))])
        content.keepsTimes = true
        let path = directory.path("layer-\(layers.count).tar.gz")
        let sink = MemoryBytes()
        let layer = try LayerEngine(pool: CompressionPool(threads: 0)).archive(content, to: sink)
        try FileSystem.writeFile(path, sink.bytes)
        layers.append((path, layer))
        return changes
    }

    /// What the layers, applied to an empty directory, give.
    func applied() throws -> String {
        let target = try directory.makeDirectory("applied")
        for (path, layer) in layers {
            try LayerApplication(root: target).apply(FileSource(path: path), expecting: .diffID(layer.diffID))
        }
        return target
    }

    /// What `umoci unpack` makes of an image with the layers.
    func unpackedByUmoci() throws -> String {
        let layout = directory.path("layout")
        try FileSystem.makeDirectories("\(layout)/blobs/sha256")
        func blob(_ bytes: [UInt8], _ type: String) throws -> String {
            let digest = Digest.of(bytes)
            try FileSystem.writeFile("\(layout)/blobs/sha256/\(digest.hex)", bytes)
            return #"{"mediaType":"application/vnd.oci.image.\#(type)","digest":"\#(digest)","size":\#(bytes.count)}"#
        }
        let descriptors = try layers.map { try blob(FileSystem.readFile($0.path), "layer.v1.tar+gzip") }
        let diffIDs = layers.map { "\"\($0.layer.diffID)\"" }.joined(separator: ",")
        let config = try blob(
            Array(#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[\#(diffIDs)]}}"#.utf8),
            "config.v1+json"
        )
        let list = descriptors.joined(separator: ",")
        let manifest = try blob(
            Array(
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\#(config),"layers":[\#(list)]}"#
                    .utf8
            ),
            "manifest.v1+json"
        )
        let named = manifest.dropLast() + #","annotations":{"org.opencontainers.image.ref.name":"x"}}"#
        try FileSystem.writeFile("\(layout)/index.json", #"{"schemaVersion":2,"manifests":[\#(named)]}"#)
        try FileSystem.writeFile("\(layout)/oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
        let bundle = directory.path("bundle")
        let result = try runCommand(["umoci", "unpack", "--image", "\(layout):x", bundle])
        try #require(result.status == .exited(0), "\(result.errors)")
        return "\(bundle)/rootfs"
    }

    /// A tree in words: what is there, whose it is, when it was changed, and what is in it; sockets don't count.
    static func description(of root: String) throws -> [String] {
        let script = #"""
            cd "$1"
            find . -mindepth 1 \( -type d -printf '%P|d|%m|%U:%G|%T@\0' -o -type l -printf '%P|l|%U:%G|%l|%T@\0' \
                -o -type f -printf '%P|f|%m|%U:%G|%n|%s|%T@\0' -o -type s -o -printf '%P|%y|%m|%U:%G\0' \) | LC_ALL=C sort -z
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum -z
            find . -type f -links +1 -printf '%i %P\0' | LC_ALL=C sort -z |
                awk -v RS='\0' '{ if ($1 == last) printf " =%s", substr($0, index($0, " ")); else printf "%c%s", 0, substr($0, index($0, " ")); last = $1 }'
            """#
        let result = try runCommand(["bash", "-euc", script, "bash", root])
        try #require(result.status == .exited(0), "\(result.errors)")
        // Inodes, and so the order of groups of links, differ from tree to tree.
        return result.output.split(separator: "\0").map(String.init).sorted()
    }
}

/// Keeps what is written.
///
/// `@unchecked` because the engine writes from one thread at a time.
private final class MemoryBytes: ByteSink, @unchecked Sendable {
    private(set) var bytes: [UInt8] = []

    func write(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) { bytes += piece }
}
