/// A place that holds images: a registry, a directory of OCI layouts, a daemon.
public protocol ImageStore: AnyObject, Sendable {
    /// Opens an image for reading.
    ///
    /// - Parameters:
    ///   - reference: The image's name as the user gave it, or an `identifier` of this store.
    ///   - platform: Which image of an index to take; `nil` takes the store's default, `linux` on this processor.
    /// - Returns: The image, `nil` when it does not exist.
    /// - Throws: `OCIError` when the name is invalid, the store fails or what it holds is malformed.
    func open(_ reference: String, platform: OCIPlatform?) throws(OCIError) -> (any StoredImage)?

    /// Makes sure that the image can be read; that it does not exist is no error.
    ///
    /// - Parameter reference: The image's name.
    /// - Throws: `OCIError` when access is denied or the store cannot be reached.
    func checkReadAccess(_ reference: String) throws(OCIError)

    /// Makes sure that an image can be written under this name, without leaving anything behind.
    ///
    /// - Parameter reference: The image's name.
    /// - Throws: `OCIError` when access is denied or the store cannot be reached.
    func checkWriteAccess(_ reference: String) throws(OCIError)

    /// The place to which an image with this name is written, nothing is sent yet.
    ///
    /// - Parameter reference: The image's main name; further names are given at the commit.
    /// - Returns: A destination for one image.
    /// - Throws: `OCIError` when the name is invalid.
    func destination(for reference: String) throws(OCIError) -> any ImageDestination

    /// What messages and reports call an image.
    ///
    /// - Parameter reference: The image's name as the user gave it.
    /// - Returns: The same name, unless the store has a better one, as the path of a layout.
    /// - Throws: `OCIError` when the name is invalid.
    func displayName(of reference: String) throws(OCIError) -> String

    /// Keeps the way to the store open while something else is done that takes long.
    ///
    /// - Parameter body: What is done; it must not use the store.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    func keepingAlive<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result
}

extension ImageStore {
    /// The name as the user gave it.
    public func displayName(of reference: String) throws(OCIError) -> String { reference }

    /// Has nothing to keep open, as most stores are reached anew each time.
    public func keepingAlive<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body()
    }
}
