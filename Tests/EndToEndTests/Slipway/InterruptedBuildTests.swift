import POSIX
import TestSupport
import Testing

@Suite(
    "Builds that are interrupted",
    .enabled(if: SlipwayPrograms.canBuild, "\(SlipwayPrograms.comment)"),
    .timeLimit(.minutes(15))
)
struct InterruptedBuildTests {
    @Test(
        "by a signal at any moment: nothing is left, and the next build works",
        arguments: SlipwayUser.all.flatMap { user in [(user, Signal.interrupt), (user, .kill)] }
    )
    func ended(user: SlipwayUser, signal: Signal) throws {
        let builder = try TestBuilder()
        let layout = try builder.smallBuilder([try builder.buildpack("test/slow", build: Self.slowBuild)])
        let site = try SlipwaySite(user)
        try site.directory.write("app/file", "text")
        let arguments = ["-t", "app", "--builder", "oci:\(layout):builder", "--run-image", "oci:\(layout):run"]
        let clock = ContinuousClock()
        var reference = ""
        func build() throws -> String {
            let built = try site.slipway(["build", "app"] + arguments)
            try #require(built.status == .exited(0), "\(built.errors)")
            return built.output
        }
        let duration = Int(try clock.measure { reference = try build() } / .milliseconds(1))
        // Half of them begin with nothing, so that unpacking is hit as well.
        let rounds = SlipwayUser.all.count == 1 ? 20 : 10
        for round in 1...rounds {
            if round.isMultiple(of: 2) { _ = try runCommand(["rm", "-rf", site.store]) }
            let process = try site.start(["build", "app"] + arguments)
            Clock.sleep(milliseconds: Int.random(in: 1...max(2, duration)))
            let status = process.stop(signal: signal, graceMilliseconds: 10_000)
            let log = (try? FileSystem.readText(site.directory.path("log"))) ?? ""
            if signal == .interrupt {
                // One that was nearly ready may have made it.
                let ends: [POSIX.ExitStatus] = [.exited(0), .exited(130), .signaled(Signal.interrupt.rawValue)]
                #expect(ends.contains { $0 == status }, "\(status) \(log)")
                #expect(site.lastingLeftovers() == [], "round \(round): \(log)")
            }
            #expect(try build() == reference, "round \(round)")
            #expect(site.lastingLeftovers() == [], "after the build of round \(round): \(log)")
        }
        let temporary = (try? FileSystem.list("\(site.store)/tmp"))?.map(\.name) ?? []
        #expect(temporary == [], "half-made files are left in the store")
    }

    private static let slowBuild = """
        mkdir -p "$1/layer"
        head -c 200000 /dev/zero >"$1/layer/file"
        sleep 0.2
        printf '[types]\\nlaunch = true\\ncache = true\\n' >"$1/layer.toml"
        """
}
