/// Output of an exec.d program of any content: variables, or an error that can be shown.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzExecD(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    var environment = LaunchEnvironment(strings: ["PATH=/bin", "A=1"])
    do {
        for (name, value) in try ExecD.variables([UInt8](UnsafeBufferPointer(start: start, count: count))) {
            environment[name] = value
            precondition(environment[name].map { $0.hasSameBytes(as: value) } ?? false)
        }
        // What the kernel would cut short is noticed before it gets there.
        let list = CStringArray(environment.entries)
        precondition(list.isExact == !environment.entries.contains { $0.contains(0) })
    } catch {
        let message = LaunchError.execDOutput(path: "/layers/a/exec.d/x", error)
        precondition(!message.description.isEmpty)
        _ = message.hint
    }
    return 0
}
