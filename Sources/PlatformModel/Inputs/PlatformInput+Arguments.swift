public import CNBCore

extension PlatformInput {
    /// The flags by which another run of the lifecycle, of one phase, gets the values that inputs have here.
    ///
    /// - Parameters:
    ///   - phase: The phase that is run.
    ///   - platformAPI: The Platform API of both.
    ///   - inputs: The values; empty ones, and lengths of time, are left to variables and defaults.
    /// - Returns: `-flag=value` each, in the order of the table.
    public static func arguments(
        for phase: LifecyclePhase,
        platformAPI: APIVersion,
        from inputs: ResolvedInputs
    ) -> [String] {
        flags(of: phase, platformAPI: platformAPI).flatMap { input in
            let name = input.flag ?? ""
            switch input.target {
            case .text(let path):
                return inputs[dynamicMember: path].isEmpty ? [] : ["-\(name)=\(inputs[dynamicMember: path])"]
            case .boolean(let path): return inputs[dynamicMember: path] ? ["-\(name)=true"] : []
            case .number(let path): return ["-\(name)=\(inputs[dynamicMember: path])"]
            case .list(let path): return inputs[dynamicMember: path].map { "-\(name)=\($0)" }
            case .duration: return []
            }
        }
    }
}
