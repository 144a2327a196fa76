/// A version of the Platform or the Buildpack API: `<major>.<minor>`, where `<major>` alone means `<major>.0`.
public struct APIVersion: Hashable, Sendable {
    /// The number before the point.
    public let major: Int
    /// The number after the point.
    public let minor: Int

    /// A version of two numbers known to the program.
    ///
    /// - Parameters:
    ///   - major: The number before the point.
    ///   - minor: The number after the point.
    public init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads a version as buildpack authors and platforms write it: `0.12`, `1`, also `v0.12`.
    ///
    /// - Parameter text: The version.
    /// - Throws: ``CNBError/malformedVersion(_:)`` for anything else, also for numbers beyond 64 bits.
    public init(_ text: String) throws(CNBError) {
        var digits = text.utf8[...]
        if digits.first == UInt8(ascii: "v") { digits = digits.dropFirst() }
        guard let major = Self.takeNumber(from: &digits) else { throw .malformedVersion(text) }
        if digits.first == UInt8(ascii: ".") { digits = digits.dropFirst() }
        let minor = digits.isEmpty ? 0 : Self.takeNumber(from: &digits)
        guard let minor, digits.isEmpty else { throw .malformedVersion(text) }
        self.init(major, minor)
    }

    /// Consumes the leading digits, of which there must be at least one.
    private static func takeNumber(from text: inout Substring.UTF8View) -> Int? {
        var value = 0
        var hasDigits = false
        while let byte = text.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedAgain) = shifted.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            if overflowed || overflowedAgain { return nil }
            value = sum
            hasDigits = true
            text = text.dropFirst()
        }
        return hasDigits ? value : nil
    }
}

extension APIVersion: Comparable {
    /// Orders by major, then by minor number.
    public static func < (left: APIVersion, right: APIVersion) -> Bool {
        left.major != right.major ? left.major < right.major : left.minor < right.minor
    }

    /// Whether a lifecycle that implements this version can serve one that asks for `requested`.
    ///
    /// Before 1.0 every minor version may break; from then on a later minor version includes the earlier ones.
    ///
    /// - Parameter requested: The version that is asked for.
    /// - Returns: Whether this version includes it.
    public func includes(_ requested: APIVersion) -> Bool {
        major == 0 ? self == requested : major == requested.major && minor >= requested.minor
    }
}

extension APIVersion: CustomStringConvertible {
    /// `<major>.<minor>`.
    public var description: String { "\(major).\(minor)" }
}

/// The versions of an API in which something holds.
public struct APIAvailability: Hashable, Sendable {
    /// The first version in which it holds; `nil` when it always has.
    public let since: APIVersion?
    /// The first version in which it no longer holds; `nil` when it still does.
    public let until: APIVersion?

    /// Something that came with version 0.`minor`.
    static func since(_ minor: Int) -> Self { Self(since: APIVersion(0, minor), until: nil) }

    /// Something that was gone with version 0.`minor`.
    static func until(_ minor: Int) -> Self { Self(since: nil, until: APIVersion(0, minor)) }

    /// Whether it holds in a version.
    ///
    /// - Parameter version: A version of the API.
    /// - Returns: Whether the version is in the range.
    public func contains(_ version: APIVersion) -> Bool {
        if let since, version < since { return false }
        if let until, version >= until { return false }
        return true
    }
}
