/// A Platform API version that this lifecycle supports.
///
/// What differs between versions is asked by name, never by comparing numbers:
/// `platformAPI.supports(.runImageExtension)`.
public struct PlatformAPI: Hashable, Sendable {
    /// The version.
    public let version: APIVersion

    /// All supported versions, ascending.
    public static let supported: [APIVersion] = (7...15).map { APIVersion(0, $0) }

    /// The supported versions in words.
    public static let range = "0.7 to 0.15"

    /// Supported versions that platforms should move away from: none today.
    public static let deprecated: [APIVersion] = []

    /// The newest supported version.
    public static let latest = PlatformAPI(trusted: APIVersion(0, 15))

    private init(trusted version: APIVersion) {
        self.version = version
    }

    /// Checks the value of `CNB_PLATFORM_API`.
    ///
    /// - Parameter text: The version; blank when the platform has set none.
    /// - Throws: ``CNBError`` of one of the three platform kinds; all of them end a phase with
    ///   ``ExitCode/incompatiblePlatformAPI``.
    public init(_ text: String) throws(CNBError) {
        if text.utf8.allSatisfy({ $0 == UInt8(ascii: " ") || (9...13).contains($0) }) { throw .missingPlatformAPI }
        let requested: APIVersion
        do {
            requested = try APIVersion(text)
        } catch {
            throw .malformedPlatformAPI(text)
        }
        guard Self.supported.contains(where: { $0.includes(requested) }) else { throw .unsupportedPlatformAPI(text) }
        version = requested
    }

    /// Whether a feature is part of this version.
    ///
    /// - Parameter feature: A row of the table.
    /// - Returns: Whether it applies.
    public func supports(_ feature: PlatformFeature) -> Bool {
        feature.availability.contains(version)
    }

    /// Whether ``DeprecationMode`` has something to say about this version.
    public var isDeprecated: Bool { Self.deprecated.contains(version) }
}

extension PlatformAPI: CustomStringConvertible {
    /// `<major>.<minor>`.
    public var description: String { version.description }
}
