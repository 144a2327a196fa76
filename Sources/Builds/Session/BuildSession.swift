import Archive
import BuildpackModel
import Distribution
import ImageLibrary
import ImageStores
import JSON
import OCI
import POSIX
import Sandbox

/// One build, from what was asked for to an image in its places.
public struct BuildSession: Sendable {
    private let request: BuildRequest
    private let environment: [String: String]
    private let home: SlipwayHome
    private let cancellation = Cancellation()
    private let report: @Sendable (BuildEvent) -> Void

    /// Prepares a build; nothing is looked at yet.
    ///
    /// - Parameters:
    ///   - request: What is asked for.
    ///   - environment: All variables of the caller by name.
    ///   - report: Told what happens, on any thread, one event at a time.
    public init(
        _ request: BuildRequest,
        environment: [String: String],
        report: @escaping @Sendable (BuildEvent) -> Void
    ) {
        (self.request, self.environment, self.report) = (request, environment, report)
        home = SlipwayHome(environment: environment)
    }

    /// Builds.
    ///
    /// - Returns: What was made.
    /// - Throws: Why there is no image.
    public func run() throws(BuildError) -> BuildResult {
        let start = Clock.monotonicNanoseconds
        let directory = try BuildDirectory(in: home)
        var hasSucceeded = false
        defer {
            if hasSucceeded || !request.keepsOnFailure {
                directory.remove()
            } else {
                directory.keep()
                report(.note(.deliver, "Kept the build's files in \(directory.path)"))
            }
        }
        let preparation = try step(.resolve) { () throws(BuildError) in
            try Preparation(request, environment: environment, home, directory, cancellation, report)
        }
        let ground = try step(.prepare) { () throws(BuildError) in try preparation.prepare() }
        var execution = PhaseExecution(ground, report: report)
        for phase in ground.phases {
            for program in try execution.programs(for: phase) {
                try step(program.step) { () throws(BuildError) in try execution.run(program) }
            }
        }
        var result = try step(.deliver) { () throws(BuildError) in
            try Delivery(ground, execution.record).deliver()
        }
        hasSucceeded = true
        result.nanoseconds = Clock.monotonicNanoseconds - start
        if let path = request.metadataFile {
            let text = JSONWriter.string(result.json) + "\n"
            try system { () throws(POSIXError) in try FileSystem.writeFileAtomically(path, Array(text.utf8)) }
        }
        return result
    }

    /// Asks all buildpacks whether they would take part, and ends there.
    ///
    /// - Returns: What detection has said, whether a group has passed or not.
    /// - Throws: Why detection could not be run.
    public func detect() throws(BuildError) -> DetectResult {
        let directory = try BuildDirectory(in: home)
        defer { directory.remove() }
        let preparation = try step(.resolve) { () throws(BuildError) in
            try Preparation(request, environment: environment, home, directory, cancellation, report)
        }
        let ground = try step(.prepare) { () throws(BuildError) in try preparation.prepare() }
        var execution = PhaseExecution(ground, report: report)
        for program in ground.phases {
            guard program.step == .detect else {
                try step(program.step) { () throws(BuildError) in try execution.run(program) }
                continue
            }
            return try step(.detect) { () throws(BuildError) in try execution.explain(program) }
        }
        throw BuildError(.failed, "this build has no detection")
    }

    /// Reports the beginning and the end of a step.
    private func step<Value>(_ step: BuildStep, _ body: () throws(BuildError) -> Value) throws(BuildError) -> Value {
        let start = Clock.monotonicNanoseconds
        report(.stepStarted(step))
        do throws(BuildError) {
            let value = try body()
            report(.stepFinished(step, nanoseconds: Clock.monotonicNanoseconds - start))
            return value
        } catch {
            report(.stepFailed(step, nanoseconds: Clock.monotonicNanoseconds - start))
            throw error
        }
    }
}
