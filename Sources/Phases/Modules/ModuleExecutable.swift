import BuildpackModel
import Console
import POSIX

/// The executables of buildpacks and extensions that the lifecycle runs.
enum ModuleExecutable: String, Sendable {
    case detect = "bin/detect"
    case generate = "bin/generate"
    case build = "bin/build"
}

extension ModuleDescriptor {
    /// The path of an executable.
    func path(of executable: ModuleExecutable) -> String {
        Path.join(rootDir, executable.rawValue)
    }

    /// An executable as errors name it: `bin/build of buildpack 'acme/a@1.0.0'`.
    func name(of executable: ModuleExecutable) -> String {
        "\(executable.rawValue) of \(kind.label.lowercased()) '\(identity)'"
    }

    /// Whether the module has an executable, of which extensions need none.
    func hasExecutable(_ executable: ModuleExecutable) -> Bool {
        do {
            _ = try FileSystem.status(path(of: executable))
            return true
        } catch {
            // Any other fault, such as a missing permission, is reported when it is run.
            return error.errno != .noSuchFile
        }
    }

    /// How to run an executable: in a process group of its own, so that an interruption reaches whatever it starts, and
    /// with one stream for all that it writes.
    func command(
        _ executable: ModuleExecutable,
        arguments: [String],
        environment: [String],
        workingDirectory: String
    ) -> SubprocessConfiguration {
        SubprocessConfiguration(
            executable: path(of: executable),
            arguments: arguments,
            environment: environment,
            workingDirectory: workingDirectory,
            joinsStreams: true
        )
    }
}

extension SubprocessConfiguration {
    /// Runs the executable, and shows what it writes as it comes, whatever the log level.
    ///
    /// - Parameters:
    ///   - logger: Shows the output.
    ///   - failure: The kind of error when the executable doesn't succeed.
    ///   - name: Whose executable it is, for that error: `bin/build of buildpack 'acme/a@1.0.0'`.
    /// - Throws: A ``PhaseError`` of this kind.
    func run(showingOutputBy logger: Logger, failure: PhaseErrorKind, named name: String) throws(PhaseError) {
        var command = self
        // Build tools leave daemons behind that never close the output which they have inherited, so its end is not
        // waited for.
        command.outlastsChild = false
        let exit: ExitStatus
        do {
            exit = try Subprocess.run(command, by: logger.outputUnit) { _, output in
                logger.output(max(.info, logger.level), output)
            }
        } catch {
            throw PhaseError(failure, failedTo: "build", "\(error) (\(name))")
        }
        guard exit.isSuccess else { throw PhaseError(failure, failedTo: "build", "\(exit) (\(name))") }
    }
}
