/// The operating system and processor that an image is for.
public struct OCIPlatform: Hashable, Sendable, CustomStringConvertible {
    /// The operating system, `linux`.
    public var os: String
    /// The processor architecture as Go names it, `amd64`.
    public var architecture: String
    /// The processor's variant, `v8`; empty when there is none.
    public var variant: String
    /// The version of the operating system (Windows images); empty when not given.
    public var osVersion: String
    /// Mandatory features of the operating system.
    public var osFeatures: [String]

    public init(
        os: String,
        architecture: String,
        variant: String = "",
        osVersion: String = "",
        osFeatures: [String] = []
    ) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
        self.osVersion = osVersion
        self.osFeatures = osFeatures
    }

    /// The platform that this program was built for, whose images are taken where nothing else is asked for.
    public static var current: OCIPlatform {
        #if arch(arm64)
        OCIPlatform(os: "linux", architecture: "arm64")
        #else
        OCIPlatform(os: "linux", architecture: "amd64")
        #endif
    }

    /// The platform as people write it: `linux/arm64/v8`.
    public var description: String {
        var text = os
        if !architecture.isEmpty { text += "/\(architecture)" }
        if !variant.isEmpty { text += "/\(variant)" }
        if !osVersion.isEmpty { text += ":\(osVersion)" }
        return text
    }

    /// Whether an image for this platform may be used where `wanted` is asked for.
    ///
    /// - Parameter wanted: The platform that is asked for; its empty fields match everything.
    /// - Returns: `true` when all fields that `wanted` has are equal.
    public func satisfies(_ wanted: OCIPlatform) -> Bool {
        (wanted.os.isEmpty || wanted.os == os)
            && (wanted.architecture.isEmpty || wanted.architecture == architecture)
            && (wanted.variant.isEmpty || wanted.variant == variant)
            && (wanted.osVersion.isEmpty || wanted.osVersion == osVersion)
            && wanted.osFeatures.allSatisfy(osFeatures.contains)
    }
}
