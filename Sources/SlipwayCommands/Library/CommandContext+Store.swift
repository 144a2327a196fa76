import Builds
import ImageLibrary

extension CommandContext {
    /// Does something with the local store.
    /// - Parameter body: What to do.
    /// - Returns: What that returns.
    /// - Throws: What goes wrong with the store, as an error of commands.
    func onStore<Value>(_ body: (LocalStore) throws(LibraryError) -> Value) throws(CommandError) -> Value {
        do throws(LibraryError) {
            return try body(try LocalStore(path: SlipwayHome(environment: environment).storeDir))
        } catch {
            if case .invalidName = error { throw .usage("\(error)", help: "'slipway store ls' lists what there is") }
            throw .failed("\(error)", help: nil, exitCode: 1)
        }
    }
}
