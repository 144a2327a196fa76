internal import LaunchModel
internal import LaunchPOSIX

/// The script that a shell process is started with.
///
/// One bash sources the profile scripts, changes to the process's directory and replaces itself by another bash, in which
/// the command is run: settings of the profiles that are not exported stay behind.
struct BashScript {
    /// The shell.
    static let interpreter = "/bin/bash"

    /// The scripts to source, in order.
    var profiles: [RawPath]
    /// The directory for the command; the shell expands variables in it.
    var workingDirectory: RawPath
    /// How many arguments the command has.
    ///
    /// Without any the command is itself a script; with some, command and arguments are words.
    var argumentCount: Int

    /// What follows `bash -c`.
    ///
    /// `$0` is the launcher's name, `$1` the command, the others its arguments.
    var text: [UInt8] {
        var text: [UInt8] = []
        for profile in profiles {
            text.append(contentsOf: "source \"".utf8)
            text.append(contentsOf: Self.escape(profile.bytes))
            text.append(contentsOf: "\"\n".utf8)
        }
        text.append(contentsOf: "cd \"".utf8)
        text.append(contentsOf: workingDirectory.bytes)
        text.append(contentsOf: "\"\n".utf8)
        text.append(contentsOf: (argumentCount == 0 ? "exec bash -c \"$@\"" : wordScript).utf8)
        return text
    }

    /// Runs a program whose name and arguments are words that the shell evaluates once, each by itself.
    ///
    /// Variables and command substitutions are replaced, but the results are not split and no file names are matched.
    /// Several blanks in a row, as the word itself has them, become one.
    private var wordScript: String {
        var words = "\"$(eval echo \\\"$0\\\")\""
        for number in 1...max(argumentCount, 1) {
            words += " \"$(eval echo \\\"${\(number)}\\\")\""
        }
        return "exec bash -c '\(words)' \"${@:1}\""
    }

    /// Takes away the meaning that characters of a file name have within double quotes.
    private static func escape(_ name: [UInt8]) -> [UInt8] {
        let special = [UInt8]("\"\\$`".utf8)
        guard name.contains(where: { special.contains($0) }) else { return name }
        return name.flatMap { special.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    }
}
