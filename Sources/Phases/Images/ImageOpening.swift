import Console
import OCI
import POSIX

/// Opens a run image that has to be there, patiently: mirrors of registries answer wrongly now and then.
struct ImageOpening {
    let store: any ImageStore
    let logger: Logger
    /// Whether the images are in a daemon, whose answers are the same each time.
    var isInDaemon = false
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
                guard !isInDaemon, Self.mayPass(error), attempt < Self.pauses.count else { throw error }
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
            guard isInDaemon else { throw .noLayers(image: reference) }
            let message =
                "image '\(reference)' is not in the docker daemon; get it there with docker pull or docker load"
            throw .store(StoreFailure(kind: .notFound, message: message))
        }
        _ = try image.topLayer()
        return image
    }

    /// Whether another attempt may go better: not where the registry understood and refused.
    private static func mayPass(_ error: OCIError) -> Bool {
        switch error {
        case .invalidReference: false
        case .store(let failure): failure.status.map { ![400, 401, 403, 405, 429].contains($0) } ?? true
        default: true
        }
    }
}
