import CNBCore
import Distribution
import POSIX

/// What the app's own files say about how it is built.
struct Project: Sendable {
    /// The descriptor as it is in the build's execution environment.
    let descriptor: ProjectDescriptor
    /// Where relative paths of the descriptor begin.
    let directory: String

    /// Reads the project's descriptor.
    ///
    /// - Parameters:
    ///   - request: Names the descriptor, and the execution environment.
    ///   - app: Has the descriptor otherwise; an app without one is fine.
    ///   - warn: Told what the author may want to mend.
    /// - Throws: `BuildError` of kind `usage` for a descriptor that can't be read.
    init(_ request: BuildRequest, app: AppDirectory, warn: (String) -> Void) throws(BuildError) {
        let path = request.descriptor ?? Path.join(app.path, ProjectDescriptor.fileName)
        directory = Path.directory(try system { () throws(POSIXError) in try Path.absolute(path) })
        let bytes: [UInt8]
        do throws(POSIXError) {
            bytes = try FileSystem.readFile(path, limit: FileLimit.projectDescriptor)
        } catch {
            guard request.descriptor == nil, error.errno == .noSuchFile else {
                throw BuildError(.usage, "project descriptor: \(error)")
            }
            descriptor = ProjectDescriptor()
            return
        }
        do throws(DistributionError) {
            let read = try ProjectDescriptor(parsing: bytes, file: path)
            for warning in read.warnings { warn("\(Path.base(path)): \(warning)") }
            descriptor = read.applying(to: try Self.environment(request.executionEnvironment))
        } catch {
            throw BuildError(.usage, "project descriptor: \(error)" + (error.excerpt.map { "\n\($0)" } ?? ""))
        }
    }

    private static func environment(_ name: String?) throws(DistributionError) -> ExecEnv {
        do {
            return try ExecEnv(name ?? "production")
        } catch {
            throw .invalidSelection("\(error)")
        }
    }
}
