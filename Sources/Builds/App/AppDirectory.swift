import OCI
import POSIX

/// The directory with what is to be built.
struct AppDirectory: Sendable {
    /// Its absolute path, without symbolic links.
    let path: String

    /// Looks at the directory.
    ///
    /// - Parameter text: The path as the user gave it.
    /// - Throws: `BuildError` of kind `usage` when there is no such directory, or it can't be read.
    init(_ text: String) throws(BuildError) {
        do throws(POSIXError) {
            path = try FileSystem.realPath(text)
            guard FileSystem.isDirectory(path) else {
                throw POSIXError(.notDirectory, "open", text)
            }
            _ = try FileSystem.list(path)
        } catch {
            let isMissing = error.errno == .noSuchFile
            throw BuildError(
                .usage,
                isMissing ? "there is no directory '\(text)' to build" : "cannot build '\(text)': \(error)",
                help: "name the directory that holds your app: slipway build DIRECTORY"
            )
        }
    }

    /// A name for the image: that of the directory, as far as names of images have such characters.
    var imageName: String {
        var name = ""
        for byte in Path.base(path).lowercased().utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                // Separators stand single and between letters.
                if !name.isEmpty, name.last != "-" { name.append("-") }
            }
        }
        while name.last == "-" { name.removeLast() }
        return name.isEmpty ? "app" : name
    }
}
