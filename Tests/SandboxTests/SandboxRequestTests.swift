import POSIX
import Testing

@testable import Sandbox

@Suite("What the helper is told")
struct SandboxRequestTests {
    private static let program: SandboxedProgram = {
        let overlay = Overlay(lower: ["/a:b", ""], upper: "/u,v", work: "/w\n")
        var program = SandboxedProgram(
            path: "/bin/a b",
            arguments: ["", "-x", "\u{301}", "__sandbox"],
            environment: ["A=1", "B==", "C=\u{301}\n"],
            workingDirectory: "/ü",
            owner: Owner(uid: 4_294_967_294, gid: 7),
            root: .overlay(overlay),
            mounts: Mount.system + [
                .bind("/x", at: "/y", isReadOnly: false), Mount(.overlay(Overlay(lower: ["/l"])), at: "/o"),
                Mount(.memory(mode: 0o700, megabytes: 3), at: "/m"), Mount(.link(target: "../t"), at: "/l"),
            ]
        )
        program.hostName = "name"
        program.subordinateIDs = SubordinateIDs(
            users: SubordinateIDs.Row(first: 100_000, count: 65_536),
            groups: SubordinateIDs.Row(first: 4, count: 3),
            programs: ["/a", "/b"]
        )
        program.network = .none
        program.capabilities = .all
        program.allowsNewPrivileges = true
        program.limits = [.memory(UInt64.max), .processes(0)]
        program.graceMilliseconds = 5
        return program
    }()

    @Test("survives the way", arguments: Isolation.allCases)
    func roundTrip(isolation: Isolation) throws {
        let request = SandboxRequest(Self.program, isolation, isTrial: true)
        let read = try #require(SandboxRequest(request.words, variables: request.variables))
        #expect(read.program == Self.program)
        #expect(read.isolation == isolation && read.isTrial)
        // A command line is for all to read.
        #expect(!request.words.contains { $0.contains("A=1") })
    }

    @Test("anything less or more is refused")
    func hostile() {
        let request = SandboxRequest(Self.program, .chroot)
        for count in 0..<request.words.count {
            #expect(SandboxRequest(Array(request.words.prefix(count)), variables: []) == nil)
        }
        #expect(SandboxRequest(request.words + [""], variables: []) == nil)
        for index in request.words.indices {
            var words = request.words
            words[index] = "-9223372036854775808"
            _ = SandboxRequest(words, variables: ["", "=", "x"])
        }
    }

    @Test(
        "so do its reports",
        arguments: [
            Report.ended(.exited(125)), .ended(.signaled(9)),
            .program(POSIXError(.noSuchFile, "exec", "/x y", explanation: "é")),
            .failed(.mounts, POSIXError(.notPermitted, "mount", "", to: "/b")),
        ]
    )
    func reports(report: Report) {
        #expect(Report(report.bytes) == report)
        // The first counts.
        #expect(Report(report.bytes + Report.ended(.exited(0)).bytes) == report)
        #expect(Report(Array(report.bytes.prefix(3))) == nil)
    }
}
