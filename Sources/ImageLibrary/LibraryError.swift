public import Archive
public import OCI
public import POSIX

/// What can go wrong with images in the local store, and on their way in and out.
public enum LibraryError: Error, Sendable {
    /// A text names no place of an image; `expected` says what does.
    case invalidName(String, expected: String)
    /// A file or directory that should be an image is none.
    case notAnImage(path: String, reason: String)
    /// There is no such image.
    case notFound(name: String, place: String)
    /// The image would have to be fetched, which is forbidden.
    case notInStore(name: String)
    /// An image that is broken, not for the platform, or in a place that refuses; the name says which.
    case image(name: String, OCIError)
    /// An archive, or a layer in it, that can't be read or written.
    case archive(name: String, ArchiveError)
    /// The operating system refused something.
    case system(POSIXError)
}

extension LibraryError: CustomStringConvertible {
    /// The error in words: what, where, why, and what to do where that is known.
    public var description: String {
        switch self {
        case .invalidName(let text, let expected): "\"\(text)\" names no image: expected \(expected)"
        case .notAnImage(let path, let reason): "\(path) is no image: \(reason)"
        case .notFound(let name, let place): "\(name): no such image in \(place)"
        case .notInStore(let name): "\(name) is not in the local store, and may not be fetched"
        case .image(let name, let error): Self.text(name, error)
        case .archive(let name, let error): "\(name): \(error)"
        case .system(let error): "\(error)" + (isFullDisk ? "; make room, or use a store on another disk" : "")
        }
    }

    /// Whether the disk, or the user's share of it, is full.
    public var isFullDisk: Bool {
        switch self {
        case .system(let error), .archive(_, .system(let error)): error.errno == .noSpace || error.errno == .quota
        default: false
        }
    }

    /// Many causes name the image themselves.
    private static func text(_ name: String, _ error: OCIError) -> String {
        let text = "\(error)"
        return text.contains(name) ? text : "\(name): \(text)"
    }
}

/// Runs an operation of the system, whose errors become errors of this module.
func system<Value: ~Copyable>(_ body: () throws(POSIXError) -> Value) throws(LibraryError) -> Value {
    do throws(POSIXError) {
        return try body()
    } catch {
        throw .system(error)
    }
}

/// Runs an operation on an image, whose errors become errors of this module.
func onImage<Value>(_ name: String, _ body: () throws(OCIError) -> Value) throws(LibraryError) -> Value {
    do throws(OCIError) {
        return try body()
    } catch {
        throw .image(name: name, error)
    }
}

/// Runs an operation on an archive, whose errors become errors of this module.
func onArchive<Value: ~Copyable>(
    _ name: String,
    _ body: () throws(ArchiveError) -> Value
) throws(LibraryError) -> Value {
    do throws(ArchiveError) {
        return try body()
    } catch {
        if case .system(let error) = error { throw .system(error) }
        throw .archive(name: name, error)
    }
}
