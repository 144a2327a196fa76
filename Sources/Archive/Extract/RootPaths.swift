import POSIX

/// Finds places in a root as a process would whose root it is, without the kernel following any link.
final class RootPaths {
    /// As many as the kernel follows.
    private static let mostLinks = 40

    private let directories: DirectoryStack
    /// The last parent that entries named, and what it really is: many entries share theirs.
    private var last: (named: ArraySlice<[UInt8]>, real: [[UInt8]])?

    init(_ directories: DirectoryStack) {
        self.directories = directories
    }

    /// The real path of a directory that an entry is to be made in; it and its parents are made where they are missing.
    func parent(_ named: ArraySlice<[UInt8]>) throws(Errno) -> [[UInt8]] {
        if let last, last.named == named { return last.real }
        var real = Array(named)
        do throws(Errno) {
            _ = try directories.open(named)
        } catch {
            guard error == .notDirectory || error == .tooManyLinks else { throw error }
            real = try resolve(named)
            _ = try directories.open(real[...])
        }
        last = (named, real)
        return real
    }

    /// Forgets what the last parent really is, as a link on the way to it may have been replaced.
    func forgetLinks() {
        last = nil
    }

    /// The path of something that exists, of which all but the last element is followed.
    func existing(_ named: [[UInt8]]) throws(Errno) -> [[UInt8]] {
        guard let name = named.last else { return [] }
        return try resolve(named.dropLast()) + [name]
    }

    func isDirectory(_ path: [[UInt8]]) throws(Errno) -> Bool {
        try inParent(path) { (parent, name) throws(Errno) in
            try name.withName { (name) throws(Errno) in try parent.status(name).isDirectory }
        }
    }

    /// The names in a directory.
    func names(in path: [[UInt8]]) throws(Errno) -> [[UInt8]] {
        let descriptor = try directories.walk(path[...])
        let directory = Directory(taking: OwnedDescriptor(taking: descriptor), path: PathBytes(path.joinedPath))
        return try bare { () throws(POSIXError) in try directory.entries() }.map { Array($0.rawName.bytes) }
    }

    func removeFile(_ path: [[UInt8]]) throws(Errno) {
        try inParent(path) { (parent, name) throws(Errno) in
            try name.withName { (name) throws(Errno) in try parent.unlink(name) }
        }
    }

    /// Removes a directory with everything in it.
    func removeDirectory(_ path: [[UInt8]]) throws(Errno) {
        directories.forget()
        last = nil
        guard let name = path.last else { throw .invalidArgument }
        let descriptor = try directories.walk(path.dropLast())
        let parent = Directory(taking: OwnedDescriptor(taking: descriptor), path: PathBytes(path.dropLast().joinedPath))
        try bare { () throws(POSIXError) in try parent.removeTree(PathBytes(name)) }
    }

    // MARK: - Links

    /// Follows links in a path; what is missing is taken as it is named.
    func resolve(_ named: ArraySlice<[UInt8]>) throws(Errno) -> [[UInt8]] {
        var rest = Array(named.reversed())
        var real: [[UInt8]] = []
        var links = 0
        while let name = rest.popLast() {
            if name.isEmpty || name == Array(".".utf8) { continue }
            if name == Array("..".utf8) {
                _ = real.popLast()
                continue
            }
            guard let target = try link(name, in: real) else {
                real.append(name)
                continue
            }
            links += 1
            guard links <= Self.mostLinks else { throw .tooManyLinks }
            let slash = UInt8(ascii: "/")
            if target.first == slash { real = [] }
            rest += target.split(separator: slash).reversed().map(Array.init)
        }
        return real
    }

    /// What a link leads to; nil for everything that is no link.
    private func link(_ name: [UInt8], in real: [[UInt8]]) throws(Errno) -> [UInt8]? {
        do throws(Errno) {
            return try inParent(real + [name]) { (parent, name) throws(Errno) in
                var target = [UInt8](repeating: 0, count: 4096)
                let count = try name.withName { (name) throws(Errno) in
                    try target.withUnsafeMutableBytes { buffer in
                        Result { () throws(Errno) in try parent.readLink(name, into: buffer) }
                    }.get()
                }
                return Array(target[..<count])
            }
        } catch {
            if error == .noSuchFile || error == .invalidArgument { return nil }
            throw error
        }
    }

    private func inParent<Value>(
        _ path: [[UInt8]],
        _ body: (FileDescriptor, [UInt8]) throws(Errno) -> Value
    ) throws(Errno) -> Value {
        guard let name = path.last else { throw .invalidArgument }
        return try body(try directories.open(path.dropLast(), makesMissing: false), name)
    }

    private func bare<Value>(_ body: () throws(POSIXError) -> Value) throws(Errno) -> Value {
        do throws(POSIXError) {
            return try body()
        } catch {
            throw error.errno
        }
    }
}
