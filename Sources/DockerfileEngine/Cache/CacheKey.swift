import Archive
import OCI

/// What a layer depends on, in one digest: the image below, and all that an instruction is told.
struct CacheKey: Hashable, Sendable {
    /// The digest's digits.
    let text: String

    /// The key of an image that is not made here.
    ///
    /// - Parameter base: The digest of the image's manifest.
    init(base: Digest) {
        text = Self.digest(["slipway extension layers 1", base.description])
    }

    private init(_ parts: [String]) {
        text = Self.digest(parts)
    }

    /// The key of what an instruction makes on top of this.
    ///
    /// - Parameter parts: All that the instruction is told.
    /// - Returns: The key of the image with what the instruction makes.
    func adding(_ parts: [String]) -> CacheKey { CacheKey([text] + parts) }

    private static func digest(_ parts: [String]) -> String {
        // With their lengths, so that parts can't be taken for others.
        Digest.of(parts.flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }).hex
    }
}

extension Stage {
    /// Arguments whose values are new in each build, or in each place; they count where an instruction names them.
    private static let volatileArguments = ["build_id", "base_image"]

    /// What a command may depend on besides the root.
    ///
    /// - Parameter texts: The command and its here-documents.
    /// - Returns: Everything in a fixed order.
    func commandInputs(_ texts: [String]) -> [String] {
        let used = arguments.filter { argument in
            !Self.volatileArguments.contains(argument.name) || texts.contains { $0.contains(argument.name) }
        }
        return ["user", config.user, "directory", workingDirectory, "shell"] + config.shell
            + ["environment"] + config.environment.sorted()
            + ["arguments"] + used.map { "\($0.name)=\($0.value ?? "")" }.sorted()
            + ["command"] + texts
    }
}
