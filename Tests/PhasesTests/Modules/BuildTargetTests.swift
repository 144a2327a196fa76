import Console
import PlatformModel
import TestSupport
import Testing

@testable import Phases

@Suite("Target of a build")
struct BuildTargetTests {
    @Test(
        "the distribution is read from os-release",
        arguments: [
            ("ID=debian\nVERSION_ID=\"12\"\n", "debian", "12"),
            ("NAME=\"A=B\"\nVERSION_ID='9'\nID=\" x y \"\n", "x y", "9"),
            ("NAME='My OS'\nID='myos'\nVERSION_ID='1.2'\n", "myos", "1.2"),
            (" ID = alpine # the small one\r\n\tVERSION_ID=\"3.20\"  \r\n", "alpine", "3.20"),
            (#"ID="a\"b\$c\d""# + "\n" + #"VERSION_ID=1\.2"#, #"a"b$c\d"#, "1.2"),
            ("#ID=no\nID='it'\\''s'\nVERSION_ID=a=b", "it's", "a=b"),
            ("ID=first\nVERSION_ID=1\nID=last", "last", "1"),
            ("ID=\"unfinished\nVERSION_ID='", "unfinished", ""),
            ("ID\nID=arch", "arch", ""),
        ]
    )
    func osRelease(text: String, name: String, version: String) {
        let distribution = BuildTarget.distribution(osRelease: text)
        #expect(distribution?.name == name)
        #expect(distribution?.version == version)
        #expect(BuildTarget.distribution(osRelease: "HOME_URL=x") == nil)
    }

    @Test("what the run image tells is taken, and the rest looked for only if it tells no distribution")
    func completion() throws {
        let directory = try TemporaryDirectory()
        let logger = Logger.collecting()
        let known = RunImageTarget(os: "linux", arch: "arm64", distribution: .init(name: "alpine", version: "3"))
        var target = BuildTarget(AnalysisMetadata(runImage: AnalyzedRunImage(target: known)))
        #expect(target.completed(logger: logger) == known)
        #expect(logger.messages.isEmpty)

        target = BuildTarget(AnalysisMetadata())
        target.osReleasePath = try directory.write("os-release", "ID=debian\n")
        let completed = target.completed(logger: logger)
        #expect(completed.os == "linux")
        #expect(completed.distribution?.name == "debian")
        #expect(logger.messages == ["target distro name/version labels not found, reading /etc/os-release file"])
    }
}
