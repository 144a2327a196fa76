import CNBCore
public import OCI

/// The user and group that a builder wants buildpacks to run as.
public struct BuilderUser: Hashable, Sendable {
    /// The user's number.
    public var uid: UInt32
    /// The group's number.
    public var gid: UInt32

    public init(uid: UInt32, gid: UInt32) {
        (self.uid, self.gid) = (uid, gid)
    }

    /// Reads `CNB_USER_ID` and `CNB_GROUP_ID` from the environment of a builder image.
    ///
    /// - Parameters:
    ///   - config: The image's config.
    ///   - image: What the config is of, for errors.
    /// - Throws: ``DistributionError/missingUser(variable:image:value:)`` when one of them is missing or no number.
    public init(config: ImageConfig, image: String) throws(DistributionError) {
        uid = try Self.number(EnvironmentName.userID, config, image)
        gid = try Self.number(EnvironmentName.groupID, config, image)
    }

    private static func number(
        _ variable: String,
        _ config: ImageConfig,
        _ image: String
    ) throws(DistributionError) -> UInt32 {
        let value = config.container.environmentValue(variable)
        let isNumber = value?.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        // The highest number means «no user» to the kernel.
        guard isNumber, let text = value, let number = UInt32(text), number < .max else {
            throw .missingUser(variable: variable, image: image, value: value)
        }
        return number
    }
}
