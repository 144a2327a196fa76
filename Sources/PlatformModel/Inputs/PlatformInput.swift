public import CNBCore

/// One thing that a platform can tell the lifecycle: by which flag and variable, with which default, to which phases.
///
/// The table ``all`` is the only place that knows flags and variables: parsing, help and `docs/inputs.md` come from it.
public struct PlatformInput: Sendable {
    /// The property that the input sets; its type decides how text is parsed.
    public enum Target: Sendable {
        case text(any WritableKeyPath<PlatformInputs, String> & Sendable)
        case boolean(any WritableKeyPath<PlatformInputs, Bool> & Sendable)
        case number(any WritableKeyPath<PlatformInputs, Int> & Sendable)
        /// Several values: the flag can be given repeatedly, the variable holds them with commas between.
        case list(any WritableKeyPath<PlatformInputs, [String]> & Sendable)
        /// A length of time in nanoseconds; as text in Go's notation, such as `336h0m0s`.
        case duration(any WritableKeyPath<PlatformInputs, Int64> & Sendable)
    }

    /// Phases that have the flag, and for which minor versions of the Platform API (its major version is 0).
    public struct Use: Sendable {
        /// The phases.
        public var phases: [LifecyclePhase]
        /// The first minor version with the flag; 0 when all have it.
        public var since: Int
        /// The first minor version without it; `nil` when it is still there.
        public var until: Int?
    }

    /// What stands for the layers directory in defaults, until that directory is known.
    public static let layersPlaceholder = "<layers>"

    /// The property that is set.
    public var target: Target
    /// The flag without dashes; `nil` when there is only a variable.
    public var flag: String?
    /// The environment variables; for a boolean any of them can say yes.
    public var variables: [String]
    /// The value when neither flag nor variable is given, as text.
    public var defaultValue: String
    /// Where the flag exists.
    public var uses: [Use]
    /// One line of help.
    public var help: String

    /// Whether a phase has the flag at a Platform API.
    public func isFlag(of phase: LifecyclePhase, platformAPI: APIVersion) -> Bool {
        flag != nil
            && uses.contains { use in
                use.phases.contains(phase) && platformAPI.minor >= use.since && platformAPI.minor < use.until ?? .max
            }
    }

    /// The inputs that a phase takes as flags at a Platform API, in the order of the table.
    public static func flags(of phase: LifecyclePhase, platformAPI: APIVersion) -> [PlatformInput] {
        all.filter { $0.isFlag(of: phase, platformAPI: platformAPI) }
    }
}

extension PlatformInput {
    init(
        _ target: Target,
        flag: String? = nil,
        variables: [String] = [],
        default defaultValue: String = "",
        uses: [Use] = [],
        help: String
    ) {
        self.target = target
        self.flag = flag
        self.variables = variables
        self.defaultValue = defaultValue
        self.uses = uses
        self.help = help
    }
}

extension PlatformInput.Use {
    /// The phases have the flag from a minor version on, and up to another.
    static func `in`(_ phases: LifecyclePhase..., since: Int = 0, until: Int? = nil) -> PlatformInput.Use {
        PlatformInput.Use(phases: phases, since: since, until: until)
    }

    /// All phases have the flag in all versions.
    static var everywhere: PlatformInput.Use {
        PlatformInput.Use(phases: LifecyclePhase.allCases, since: 0, until: nil)
    }
}
