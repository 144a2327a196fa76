import CPOSIX
import Glibc

/// Starts a program; the caller waits for it.
func spawn(
    _ configuration: SubprocessConfiguration,
    input: FileDescriptor,
    output: FileDescriptor,
    errors: FileDescriptor
) throws(POSIXError) -> pid_t {
    let name = configuration.name ?? configuration.executable
    let arguments = CStringArray([name] + configuration.arguments)
    let environment = CStringArray(configuration.environment)
    let groups = configuration.identity?.groups ?? []
    var child: pid_t = -1
    var step = CPOSIX_SPAWN_PREPARE
    let error = configuration.executable.withCString { path in
        withOptionalCString(configuration.workingDirectory) { directory in
            groups.withUnsafeBufferPointer { groups in
                var request = cposix_spawn_request()
                request.path = path
                request.arguments = UnsafePointer(arguments.pointer)
                request.environment = UnsafePointer(environment.pointer)
                request.directory = directory
                request.standard_input = input.rawValue
                request.standard_output = output.rawValue
                request.standard_error = errors.rawValue
                request.descriptor_3 = configuration.thirdDescriptor?.rawValue ?? -1
                if let identity = configuration.identity {
                    request.sets_ids = 1
                    request.uid = identity.uid
                    request.gid = identity.gid
                    request.sets_groups = identity.groups == nil ? 0 : 1
                    request.groups = groups.baseAddress
                    request.group_count = groups.count
                }
                request.ends_with_parent = configuration.endsWithParent ? 1 : 0
                request.new_process_group = configuration.newProcessGroup ? 1 : 0
                return cposix_spawn(&request, &child, &step)
            }
        }
    }
    guard error == 0 else {
        let errno = Errno(rawValue: error)
        if step == CPOSIX_SPAWN_DIRECTORY { throw POSIXError(errno, "chdir", configuration.workingDirectory) }
        let executable = configuration.executable
        let cause = ProgramDiagnosis.cause(of: errno, running: executable).map { "\(errno): \($0)" }
        throw POSIXError(errno, "fork/exec", executable, explanation: cause)
    }
    return child
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return text.withCString(body)
}
