import TOML

/// Which files of an app take part in its build: all, those that `include` matches, or those that `exclude` doesn't.
public enum AppFiles: Hashable, Sendable {
    /// All.
    case all
    /// What the patterns match, and nothing else.
    ///
    /// A pattern that begins with `!` leaves out what it matches, even in a directory that an earlier one matches: who
    /// writes `!config/secrets` behind `config/` means it.
    case only(IgnoreRules)
    /// All but what the patterns match, as git does it: what is in a directory that matches can't be taken back.
    case except(IgnoreRules)

    /// What becomes of a file or directory.
    public enum Verdict: Hashable, Sendable {
        /// It takes part; a directory with all that is in it.
        case taken
        /// It doesn't; a directory with all that is in it.
        case left
        /// A directory, about whose entries one has to ask.
        ///
        /// If nothing in it is taken, the directory itself takes part only where `staysEmpty` says so.
        case entered(staysEmpty: Bool)
    }

    /// Reads `include` and `exclude`.
    init(toml: TOMLTable) throws(TOMLError) {
        let include = try toml.limitedStrings("include")
        let exclude = try toml.limitedStrings("exclude")
        guard include == nil || exclude == nil else {
            throw toml.error("expected either include or exclude, found both", at: "exclude")
        }
        let key = include != nil ? "include" : "exclude"
        guard let patterns = include ?? exclude else {
            self = .all
            return
        }
        do {
            let rules = try IgnoreRules(patterns: patterns)
            self = include != nil ? .only(rules) : .except(rules)
        } catch {
            throw toml.error(error.description, at: key)
        }
    }

    /// What becomes of a file or directory, to be asked from the top down, and not below what is taken or left whole.
    ///
    /// - Parameters:
    ///   - path: The path below the app's directory, without a slash at either end.
    ///   - isDirectory: Whether it is a directory.
    /// - Returns: Whether it takes part.
    public func verdict(on path: [UInt8], isDirectory: Bool) -> Verdict {
        switch self {
        case .all: .taken
        case .only(let rules):
            switch (rules.selects(path, isDirectory: isDirectory), isDirectory) {
            case (true, true) where rules.hasNegation: .entered(staysEmpty: true)
            case (true, _): .taken
            case (false, true): .entered(staysEmpty: false)
            case (false, false): .left
            }
        case .except(let rules):
            switch (rules.match(path, isDirectory: isDirectory), isDirectory) {
            case (true, _): .left
            case (_, true): .entered(staysEmpty: true)
            case (_, false): .taken
            }
        }
    }
}
