import CNBCore
import POSIX
public import TOML

/// Reads and writes the TOML files of the buildpack and platform interfaces.
public enum TOMLFile {
    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file's path, which errors name.
    ///   - type: What the file holds.
    /// - Returns: The contents.
    /// - Throws: ``BuildpackModelError`` when the file can't be read or is not valid.
    public static func read<Value: TOMLReadable>(
        _ path: String,
        as type: Value.Type = Value.self
    ) throws(BuildpackModelError) -> Value {
        try parse(path) { table throws(TOMLError) in try Value(toml: table) }
    }

    /// Reads a file that need not be there.
    ///
    /// - Parameters:
    ///   - path: The file's path, which errors name.
    ///   - type: What the file holds.
    /// - Returns: The contents, or nil when there is no such file.
    /// - Throws: ``BuildpackModelError`` when the file is there but can't be read or is not valid.
    public static func readIfPresent<Value: TOMLReadable>(
        _ path: String,
        as type: Value.Type = Value.self
    ) throws(BuildpackModelError) -> Value? {
        do {
            return try read(path, as: type)
        } catch  where error.isMissingFile {
            return nil
        }
    }

    /// Reads a file for which a function makes the value from the table.
    ///
    /// - Parameters:
    ///   - path: The file's path, which errors name.
    ///   - makeValue: Makes the value.
    /// - Returns: The value.
    /// - Throws: ``BuildpackModelError`` when the file can't be read or is not valid.
    public static func parse<Value>(
        _ path: String,
        _ makeValue: (TOMLTable) throws(TOMLError) -> Value
    ) throws(BuildpackModelError) -> Value {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.readFile(path, limit: FileLimit.toml)
        } catch {
            throw .file(error)
        }
        do {
            return try makeValue(try TOMLDocument.parse(bytes, file: path))
        } catch {
            throw .content(error)
        }
    }

    /// Writes a file, with the directories above it if they are missing.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - value: The contents.
    /// - Throws: ``BuildpackModelError/file(_:)``.
    public static func write(_ path: String, _ value: some TOMLWritable) throws(BuildpackModelError) {
        try write(path, text: TOMLWriter.write(value.toml))
    }

    /// Writes a file whose text is at hand.
    static func write(_ path: String, text: String) throws(BuildpackModelError) {
        do {
            try FileSystem.makeDirectories(Path.directory(path), mode: 0o777)
            try FileSystem.writeFile(path, [UInt8](text.utf8), mode: 0o666)
        } catch {
            throw .file(error)
        }
    }
}
