public import LaunchPOSIX

/// What may be in a layer and means something during launch or build.
public enum LayerItem: UInt8, Sendable {
    /// Programs.
    case bin
    /// Shared libraries.
    case lib
    /// Header files.
    case include
    /// Files of pkg-config.
    case pkgconfig
    /// Variables for launch and build.
    case env
    /// Variables for launch.
    case envLaunch
    /// Programs that find out variables at launch.
    case execD
    /// Scripts that a shell reads at launch.
    case profileD

    /// The directory's name in the layer.
    var name: StaticString {
        switch self {
        case .bin: "bin"
        case .lib: "lib"
        case .include: "include"
        case .pkgconfig: "pkgconfig"
        case .env: "env"
        case .envLaunch: "env.launch"
        case .execD: "exec.d"
        case .profileD: "profile.d"
        }
    }

    /// The item of a name.
    fileprivate init?(named name: UnsafeRawBufferPointer) {
        for number in 0...Self.profileD.rawValue {
            guard let item = LayerItem(rawValue: number) else { continue }
            if name.spells(item.name) {
                self = item
                return
            }
        }
        return nil
    }
}

/// A layer's directory, with what is directly in it where that is known.
public struct LayerDirectory: Sendable {
    /// The directory, an absolute path.
    public let path: RawPath
    /// Which items are there: a bit each, by their raw values; nil if that was not looked at, or if there is too much.
    private var present: UInt16?
    /// Those of them that are symbolic links.
    private var links: UInt16 = 0

    /// A layer of which nothing is known but its path: everything will be looked for.
    ///
    /// - Parameter path: The directory, an absolute path.
    public init(_ path: RawPath) {
        self.path = path
    }

    /// A layer whose few directories of meaning are listed at once, which is cheaper than to look for each of them.
    ///
    /// - Parameters:
    ///   - path: The directory, an absolute path.
    ///   - parent: The directory that it is in.
    public init(listing path: RawPath, in parent: borrowing OpenDirectory) {
        self.path = path
        var present: UInt16 = 0
        var links: UInt16 = 0
        guard let directory = try? parent.directoryIfThere(path) else { return }
        // A layer may be a directory of thousands of files: listing all takes longer than asking for the few names of
        // interest.
        let isComplete = try? directory.forEachEntry(maximumCalls: 2) { name, kind in
            guard let item = LayerItem(named: name) else { return }
            present |= 1 << UInt16(item.rawValue)
            if kind == .symbolicLink { links |= 1 << UInt16(item.rawValue) }
        }
        guard isComplete == true else { return }
        self.present = present
        self.links = links
    }

    /// Whether there may be something of a name.
    ///
    /// - Parameter item: What to look for.
    /// - Returns: Not if it is known that there is nothing.
    public func mayHold(_ item: LayerItem) -> Bool {
        guard let present else { return true }
        return present & 1 << UInt16(item.rawValue) != 0
    }

    /// The path of an item, whether it is there or not.
    ///
    /// - Parameter item: The item.
    /// - Returns: Its path.
    public func path(of item: LayerItem) -> RawPath { path.appending(item.name) }

    /// Whether an item is there, symbolic links followed.
    ///
    /// - Parameter item: What to look for.
    /// - Returns: Whether there is something of this name.
    /// - Throws: What looking failed with.
    public func holds(_ item: LayerItem) throws(SystemError) -> Bool {
        guard mayHold(item) else { return false }
        if present != nil, links & 1 << UInt16(item.rawValue) == 0 { return true }
        return try FileReading.exists(path(of: item))
    }
}
