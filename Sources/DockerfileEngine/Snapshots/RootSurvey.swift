import POSIX

/// What a root consists of, kept up to date: after each instruction it tells what has changed.
///
/// Everything is compared each time; that names of an unchanged directory need not be read again, and contents never,
/// makes it fast: change times tell, which no program can set.
struct RootSurvey {
    /// The directory that stands for `/`.
    let root: String
    /// What is left out.
    var exclusions: TreeExclusions
    private var tree: SurveyedDirectory?
    private var newestChange = FileTime(seconds: .min)

    /// Prepares; nothing is read yet.
    ///
    /// - Parameters:
    ///   - root: The directory that stands for `/`.
    ///   - exclusions: What is left out.
    init(root: String, exclusions: TreeExclusions) {
        self.root = root
        self.exclusions = exclusions
    }

    /// Takes down what there is, if that has not been done, and makes sure that whatever changes from now on gets
    /// another change time.
    ///
    /// - Returns: Whether everything had to be read.
    /// - Throws: When a directory can't be read.
    @discardableResult
    mutating func prepare() throws(POSIXError) -> Bool {
        let isFirst = tree == nil
        if isFirst { _ = try update() }
        // A file system's clock moves on in ticks; one that only knows seconds shows in the times themselves.
        let tick =
            newestChange.nanoseconds == 0
            ? FileTime(seconds: newestChange.seconds, nanoseconds: 999_999_999) : newestChange
        let limit = Clock.monotonicNanoseconds &+ 1_100_000_000
        while Clock.fileStamp <= tick, Clock.monotonicNanoseconds < limit { Clock.sleep(milliseconds: 1) }
        return isFirst
    }

    /// Takes down what there is now.
    ///
    /// - Returns: What has changed since the last time, in no order; nothing the first time.
    /// - Throws: When a directory can't be read.
    mutating func update() throws(POSIXError) -> [TreeChange] {
        let before = tree
        let surveyor = TreeSurveyor(root: root, exclusions: exclusions)
        let result = try surveyor.survey(since: before)
        tree = result.tree
        newestChange = max(newestChange, result.newestChange)
        return before == nil ? [] : result.changes
    }

    /// How many entries were found last.
    var count: Int { tree.map(Self.count) ?? 0 }

    private static func count(_ directory: SurveyedDirectory) -> Int {
        directory.directories.values.reduce(directory.names.count) { $0 + count($1) }
    }
}
