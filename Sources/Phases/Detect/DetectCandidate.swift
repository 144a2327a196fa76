import BuildpackModel
import CNBCore

/// A component buildpack or image extension in a group that detection tries.
struct DetectCandidate: Sendable {
    /// The member, with the API and homepage that group.toml will say.
    let element: GroupElement
    /// The module's descriptor.
    let module: ModuleDescriptor
    /// The module's API, verified.
    let api: BuildpackAPI

    init(element: GroupElement, module: ModuleDescriptor, api: BuildpackAPI) {
        self.module = module
        self.api = api
        var element = element
        element.api = module.api
        element.homepage = module.homepage
        element.execEnvironments = []
        self.element = element
    }

    /// Whether the candidate takes the place of another member: ids are unique within a group.
    func isSameModule(as other: GroupElement) -> Bool {
        element.kind == other.kind && element.id == other.id
    }
}

/// What became of a module in detection.
struct DetectOutcome: Sendable {
    /// How it ended.
    enum Status: Sendable {
        /// It wants to take part; what it provides and requires.
        case passed(BuildPlan)
        /// It does not want to take part (exit code 100).
        case declined
        /// It ended with a code that means an error.
        case exited(Int32)
        /// It could not be run, was killed, or its output is not valid; the cause, where there is one to tell.
        case errored(String?)
    }

    /// How it ended.
    var status: Status
    /// What it wrote to standard output and standard error.
    var output: [UInt8] = []
}
