import CNBCore
import JSON
public import OCI

/// One version of a buildpack in a registry: a line of a file in its index.
///
/// See <https://github.com/buildpacks/spec/blob/main/extensions/buildpack-registry.md#file-contents>.
public struct RegistryIndexEntry: Hashable, Sendable {
    /// The buildpack.
    public let id: RegistryID
    /// The version, as in the buildpack's descriptor.
    public let version: String
    /// Whether the version was taken back, so that only those who name it get it.
    public let isYanked: Bool
    /// The image, as the line has it; not yet checked.
    public let address: String

    /// Reads a line.
    ///
    /// - Parameters:
    ///   - line: The line, without its end.
    ///   - number: Its number in the file, from 1, for errors.
    ///   - file: The file's name, for errors.
    /// - Throws: ``DistributionError/line(file:line:reason:)`` when the line is no such JSON object.
    public init(line: [UInt8], number: Int, file: String) throws(DistributionError) {
        func fail(_ reason: String) -> DistributionError { .line(file: file, line: number, reason: reason) }
        let value: JSONValue
        do {
            value = try JSONParser.parse(line, source: "")
        } catch {
            throw fail("column \(error.column): \(error.message)")
        }
        guard let object = value.objectValue else { throw fail("expected an object, found \(value.typeName)") }
        var texts: [String: String] = [:]
        for key in ["ns", "name", "version", "addr"] {
            let member = object[key] ?? ""
            guard let text = member.stringValue else {
                throw fail("\(key): expected a string, found \(member.typeName)")
            }
            texts[key] = text
        }
        let yanked = object["yanked"] ?? false
        guard let isYanked = yanked.booleanValue else {
            throw fail("yanked: expected a boolean, found \(yanked.typeName)")
        }
        do {
            id = try RegistryID("\(texts["ns"] ?? "")/\(texts["name"] ?? "")")
        } catch {
            throw fail(error.description)
        }
        self.isYanked = isYanked
        version = texts["version"] ?? ""
        address = texts["addr"] ?? ""
    }

    /// The image that holds this version.
    ///
    /// - Throws: ``DistributionError/notInRegistry(_:reason:)`` when the address names no image by its digest, so that
    ///   nobody can tell whether it is still what was registered.
    public func image() throws(DistributionError) -> ImageReference {
        guard let reference = try? ImageReference(address), reference.digest != nil else {
            let reason = "its address '\(address)' is not that of an image with a digest"
            throw .notInRegistry("\(id)@\(version)", reason: reason)
        }
        return reference
    }
}
