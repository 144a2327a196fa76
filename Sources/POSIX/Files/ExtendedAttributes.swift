import CPOSIX
import Glibc

/// A named value that a file system keeps with a file, such as capabilities or access control lists.
public struct ExtendedAttribute: Hashable, Sendable {
    /// The name with its namespace: `security.capability`.
    public var name: String
    /// The value.
    public var value: [UInt8]

    /// Describes an attribute.
    /// - Parameters:
    ///   - name: The name with its namespace.
    ///   - value: The value.
    public init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

extension FileSystem {
    /// The extended attributes of what a path names; of a symbolic link, of the link itself.
    /// - Parameter path: Any path.
    /// - Returns: The attributes by name, sorted; none where the file system has no such thing.
    /// - Throws: When the path leads nowhere or the attributes can't be read.
    public static func extendedAttributes(_ path: PathBytes) throws(POSIXError) -> [ExtendedAttribute] {
        let names: [UInt8]
        do {
            names = try growing { (start, count) in path.withCString { llistxattr($0, start, count) } }
        } catch {
            guard error != .notSupported else { return [] }
            throw POSIXError(error, "listxattr", path.string)
        }
        var attributes: [ExtendedAttribute] = []
        for name in names.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }) {
            do {
                let value = try growing { (start, count) in path.withCString { lgetxattr($0, name, start, count) } }
                attributes.append(ExtendedAttribute(name: name, value: value))
            } catch {
                // Some can be listed by everybody but not read; others have gone meanwhile.
                guard error == .noData || error == .notPermitted || error == .notSupported else {
                    throw POSIXError(error, "getxattr", path.string)
                }
            }
        }
        return attributes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Sets an extended attribute; of a symbolic link, of the link itself.
    /// - Parameters:
    ///   - path: Any path.
    ///   - attribute: The attribute.
    /// - Throws: `notSupported` where the file system has no such thing.
    public static func setExtendedAttribute(_ path: PathBytes, _ attribute: ExtendedAttribute) throws(POSIXError) {
        try systemCall("setxattr", path.string) {
            path.withCString { lsetxattr($0, attribute.name, attribute.value, attribute.value.count, 0) }
        }
    }

    /// Reads something whose length only the call itself tells.
    private static func growing(
        _ body: (_ start: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int
    ) throws(Errno) -> [UInt8] {
        while true {
            let wanted = try retrying { body(nil, 0) }
            guard wanted > 0 else { return [] }
            var found = 0
            let bytes = [CChar](unsafeUninitializedCapacity: wanted) { buffer, count in
                found = body(buffer.baseAddress, wanted)
                count = max(found, 0)
            }
            if found >= 0 { return bytes.map { UInt8(bitPattern: $0) } }
            let error = Errno.current
            // It has grown since its length was asked for.
            guard error == .range || error == .interrupted else { throw error }
        }
    }
}
