import POSIX
import TestSupport
import Testing

@testable import Archive

/// Slices of random trees, compared with a plain model of the rules: sets of paths instead of tables of records.
@Suite("Slices")
struct DirectorySlicingTests {
    /// The rules as the reference applies them, over relative paths; "" is the directory itself.
    private struct Model {
        var children: [String: [String]] = [:]
        var paths: [String] = [""]
        var sliced: Set<String> = []

        mutating func add(_ path: String) {
            var current = ""
            for element in Path.components(path) {
                let next = current.isEmpty ? element : "\(current)/\(element)"
                if !paths.contains(next) {
                    paths.append(next)
                    children[current, default: []].append(next)
                }
                current = next
            }
        }

        func parents(of path: String) -> [String] {
            guard !path.isEmpty else { return [] }
            let elements = Path.components(path)
            return (0..<elements.count).map { elements[..<$0].joined(separator: "/") }
        }

        mutating func take(_ patterns: [String]) -> Set<String> {
            var matched: Set<String> = []
            func add(_ path: String, _ model: inout Model) {
                guard !model.sliced.contains(path) else { return }
                for child in model.children[path] ?? [] { add(child, &model) }
                matched.insert(path)
                model.sliced.insert(path)
            }
            let globs = patterns.compactMap { GlobPattern(Path.clean($0)) }
            for path in paths where !path.isEmpty && globs.contains(where: { $0.matches(path) }) { add(path, &self) }
            let leading = Set(matched.flatMap { parents(of: $0) }).subtracting(matched)
            for parent in leading.sorted(by: { Path.components($0).count > Path.components($1).count }) {
                if (children[parent] ?? []).allSatisfy(sliced.contains) { sliced.insert(parent) }
            }
            return matched.union(leading)
        }

        func rest() -> Set<String> { Set(paths).subtracting(sliced) }
    }

    @Test("random patterns over random trees follow the rules", arguments: 0..<25)
    func random(_ round: Int) throws {
        let disk = try LayerDisk()
        var model = Model()
        try disk.makeDirectory("/w")
        for _ in 0..<Int.random(in: 0...25) {
            let depth = Int.random(in: 1...4)
            let elements = (0..<depth).map { _ in ["a", "b", "a-b", "a.b", "ab"].randomElement() ?? "a" }
            let path = elements.joined(separator: "/")
            guard Bool.random() else {
                let name = "\(path).f"
                guard (try? disk.write("/w/\(name)", "")) != nil else { continue }
                model.add(name)
                continue
            }
            guard (try? disk.makeDirectory("/w/\(path)")) != nil else { continue }
            model.add(path)
        }
        let pool = ["*", "a", "a/*", "*/b", "*/*/*", "*.f", "a*", "*/a/*", "b/a", "[ab]/*b*", "ab/..", "missing"]
        let patterns = (0..<Int.random(in: 1...4)).map { _ in
            (0..<Int.random(in: 0...3)).map { _ in pool.randomElement() ?? "*" }
        }
        var expected = patterns.map { model.take($0) }
        expected.append(model.rest())
        let found = try disk.slices("/w", patterns).map { try names(tar($0)) }
        let sorted = expected.map { paths in
            paths.map { $0.isEmpty ? "/w" : "/w/\($0)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        #expect(found == sorted, "\(patterns)")
    }
}
