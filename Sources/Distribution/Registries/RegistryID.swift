/// The name of a buildpack in a buildpack registry: `<namespace>/<name>`.
///
/// See <https://github.com/buildpacks/spec/blob/main/extensions/buildpack-registry.md#buildpack-id>.
public struct RegistryID: Hashable, Sendable {
    /// What comes before the slash.
    public let namespace: String
    /// What comes after the slash.
    public let name: String

    /// Checks a name.
    ///
    /// - Parameter text: The name, without a version.
    /// - Throws: ``DistributionError/notInRegistry(_:reason:)`` with the rule that it breaks.
    public init(_ text: String) throws(DistributionError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw .notInRegistry(text, reason: "expected <namespace>/<name>")
        }
        for part in parts {
            guard Self.isGood(part) else {
                let reason = "namespace and name have 1 to 253 lower-case letters, digits, '-' and '.'"
                throw .notInRegistry(text, reason: reason)
            }
        }
        (namespace, name) = (parts[0], parts[1])
        // The name makes the path, in which two points would be the directory above.
        guard !indexPath.split(separator: "/").contains("..") else {
            throw .notInRegistry(text, reason: "the first or second two characters of the name are '..'")
        }
    }

    /// Where in the index the file about the buildpack is, without a slash at the start: `ja/va/paketo-buildpacks_java`.
    public var indexPath: String {
        let file = "\(namespace)_\(name)"
        return switch name.count {
        case 1: "1/\(file)"
        case 2: "2/\(file)"
        case 3: "3/\(name.prefix(2))/\(file)"
        default: "\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(file)"
        }
    }

    private static func isGood(_ part: String) -> Bool {
        (1...253).contains(part.utf8.count)
            && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

extension RegistryID: CustomStringConvertible {
    /// `<namespace>/<name>`.
    public var description: String { "\(namespace)/\(name)" }
}
