import Console
import OCI
import POSIX

/// Opens a run image that has to be there, in several attempts: mirrors of registries sometimes say that an image is
/// missing although it is there.
struct ImageOpening {
    let store: any ImageStore
    /// What kind of store it is; daemons and layouts give the same answer each time.
    let kind: PhaseStores.Kind
    let logger: Logger
    /// Waits between attempts.
    var sleep: (_ milliseconds: Int) -> Void = { Clock.sleep(milliseconds: $0) }

    private static let pauses = [100, 200, 500, 1000, 2000]

    /// Opens an image that has layers.
    ///
    /// - Parameters:
    ///   - reference: The image's name.
    ///   - platform: Which image of an index to take; `nil` takes the one for this processor.
    /// - Returns: The image.
    /// - Throws: The error of the last of six attempts, or of the first one that trying again cannot help.
    func open(_ reference: String, platform: OCIPlatform? = nil) throws(OCIError) -> any StoredImage {
        var attempt = 0
        while true {
            do throws(OCIError) {
                let image = try openOnce(reference, platform)
                if attempt > 0 { logger.info("Successfully opened remote image after \(attempt) retries") }
                return image
            } catch {
                guard kind == .registry, !error.isFinal, attempt < Self.pauses.count else { throw error }
                let pause = Self.pauses[attempt]
                attempt += 1
                logger.warn(
                    "Failed to open remote image (attempt \(attempt)/\(Self.pauses.count + 1)): \(error), "
                        + "retrying in \(pause < 1000 ? "\(pause)ms" : "\(pause / 1000)s")"
                )
                sleep(pause)
            }
        }
    }

    private func openOnce(_ reference: String, _ platform: OCIPlatform?) throws(OCIError) -> any StoredImage {
        guard let image = try store.open(reference, platform: platform) else {
            throw .store(StoreFailure(kind: .notFound, message: whereToGet(reference)))
        }
        _ = try image.topLayer()
        return image
    }

    /// What to do about an image that is not there.
    private func whereToGet(_ reference: String) -> String {
        switch kind {
        case .daemon: "image '\(reference)' is not in the docker daemon; get it there with docker pull or docker load"
        case .registry:
            "image '\(reference)' is not in its registry, or not for this platform; push it there, or name another one"
        case .layout:
            "image '\(reference)' is not in the layout directory; put it there, as with "
                + "skopeo copy docker://\(reference) oci:<its path>, or name another one"
        }
    }
}
