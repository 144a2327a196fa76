import POSIX

/// A directory as it was at some moment: its entries, and what the file system knew about each.
///
/// `@unchecked` because a directory is filled by the one thread that surveys it, and only read afterwards.
final class SurveyedDirectory: @unchecked Sendable {
    /// What the file system knew about the directory itself.
    let status: FileStatus
    /// The names in it, sorted bytewise, without those that are left out.
    var names: [PathBytes] = []
    /// What the file system knew about each entry, in the order of the names.
    var statuses: [FileStatus] = []
    /// The directories among the entries, by their places in the order of names.
    var directories: [Int: SurveyedDirectory] = [:]

    init(status: FileStatus) {
        self.status = status
    }
}

extension FileStatus {
    /// Whether a file other than a directory has not been touched since.
    ///
    /// The change time tells of every change of contents and metadata; the device is left out, which a file in an
    /// overlay may change without having changed.
    func isSameFile(as before: FileStatus) -> Bool {
        ctime == before.ctime && mtime == before.mtime && size == before.size && ino == before.ino
            && type == before.type && mode == before.mode && uid == before.uid && gid == before.gid
            && nlink == before.nlink
    }

    /// Whether a directory itself, apart from what is in it, has not been touched since.
    func isSameDirectory(as before: FileStatus) -> Bool {
        ctime == before.ctime && mtime == before.mtime && mode == before.mode && uid == before.uid
            && gid == before.gid
    }

    /// Whether layers can hold such a file: a socket without its process means nothing.
    var isStorable: Bool { type != .socket && type != .unknown }
}
