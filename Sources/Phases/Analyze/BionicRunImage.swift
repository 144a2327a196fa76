import OCI
import PlatformModel

extension RunImageTarget {
    /// What analyzed.toml says that a run image is for.
    ///
    /// Run images of the bionic stack are older than the labels for distributions: the stack's id stands for Ubuntu
    /// 18.04.
    init(analyzing image: any StoredImage) {
        self.init(of: image)
        let stack = image.config.container.labels["io.buildpacks.stack.id"]
        guard distribution == nil, stack == "io.buildpacks.stacks.bionic" else { return }
        distribution = Distribution(name: "ubuntu", version: "18.04")
    }
}
