import BuildpackModel

/// The processes of all buildpacks so far: for each type the one that was declared last, and which one is the default.
struct ProcessList {
    private var processes: [String: ProcessEntry] = [:]
    /// The type of the default process; empty when there is none.
    private(set) var defaultType = ""

    /// Adds the processes of a buildpack.
    ///
    /// - Parameter added: The processes in the order of launch.toml.
    /// - Returns: The type of the default process if one of them has replaced it without being a default itself, and
    ///   none after it is the default.
    mutating func add(_ added: [ProcessEntry]) -> String? {
        var lostDefault: String?
        for process in added {
            if process.isDefault {
                defaultType = process.type
                lostDefault = nil
            } else if process.type == defaultType {
                lostDefault = defaultType
                defaultType = ""
            }
            processes[process.type] = process
        }
        return lostDefault
    }

    /// All processes in bytewise order of their types, none marked as default.
    var sorted: [ProcessEntry] {
        processes.values
            .sorted { $0.type.utf8.lexicographicallyPrecedes($1.type.utf8) }
            .map { process in
                var process = process
                process.isDefault = false
                return process
            }
    }
}
