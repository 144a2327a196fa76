import POSIX

/// Compares the list of statements with the fixtures.
struct ClauseCheck {
    private let library: FixtureLibrary

    init(_ library: FixtureLibrary) {
        self.library = library
    }

    /// Prints what is not in step.
    /// - Returns: The exit status.
    func run(_ output: FileDescriptor, _ errors: FileDescriptor) -> Int32 {
        0
    }
}
