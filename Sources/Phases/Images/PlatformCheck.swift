import Console
import OCI

extension Logger {
    /// Says that an image is for another operating system or processor than this one.
    ///
    /// What buildpacks make here is for this one, so an app image of both may not start. That is no error: platforms may
    /// know what they do, as with emulation.
    ///
    /// - Parameters:
    ///   - image: The image.
    ///   - role: What the build takes it for: `run image`.
    ///   - name: What people call it.
    func warnOfOtherPlatform(_ image: any StoredImage, as role: String, named name: String) {
        let (theirs, ours) = (image.platform, OCIPlatform.current)
        let isOther =
            (!theirs.os.isEmpty && theirs.os != ours.os)
            || (!theirs.architecture.isEmpty && theirs.architecture != ours.architecture)
        guard isOther else { return }
        warn(
            "\(role) '\(name)' is for \(theirs.os)/\(theirs.architecture), but this build runs on "
                + "\(ours.os)/\(ours.architecture): the app image may not start"
        )
    }
}
