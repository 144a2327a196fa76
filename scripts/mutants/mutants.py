"""The mutants: lifecycles that each do one thing wrong. `scripts/conformance mutants` sees that the fixtures notice."""

import io
import pathlib
import re
import shutil
import tarfile

from mutation import Image, Mutant, drop_lines, edit, substitute

MUTANTS = {}


def mutant(kind):
    """Registers a class under its name in the spelling of a command: DetectorAllFail is detector-all-fail."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind.__name__).lower()
    MUTANTS[name] = kind
    return kind


def exits(about, wraps, real, given, run):
    """A mutant that gives one exit status for another."""
    class Exits(Mutant):
        def after(self, call, status):
            return given if status == real else status

    Exits.about, Exits.wraps, Exits.run = about, wraps, run
    MUTANTS[f"{wraps[0]}-exit-{real}-is-{given}"] = Exits


exits("the detector exits with 21 when no group passes", ["detector"], 20, 21, ["platform/detector/*"])
exits("the detector exits with 20 when a buildpack failed", ["detector"], 21, 20, ["platform/detector/*"])
exits("an unsupported Platform API ends with 1", ["analyzer", "detector", "restorer", "builder"], 11, 1, ["platform/general/*api*"])
exits("an unsupported Buildpack API ends with 1", ["detector", "builder"], 12, 1, ["buildpack/api/*", "platform/detector/*api*"])
exits("the builder exits with 1 when bin/build fails", ["builder"], 51, 1, ["platform/builder/*"])
exits("the builder says that all is well when bin/build fails", ["builder"], 51, 0, ["platform/builder/*"])
exits("the launcher exits with 0 when it can't find a process type", ["launcher"], 82, 0, ["platform/launcher/c*"])
exits("the creator exits with 1 when no group passes", ["creator"], 20, 1, ["platform/creator/no*"])


def reversed_group(text):
    """The text of a group.toml with its buildpacks from last to first."""
    head, *elements = re.split(r"(?m)^(?=\[\[group\]\])", text)
    return head + "".join(element.rstrip() + "\n" for element in reversed(elements))


class BuildpackMutant(Mutant):
    """Does something before each bin/`script`: the lines of sh in `prelude`."""

    script, prelude = "", ""

    def before(self, call):
        call.shim(self.script, self.prelude)


# MARK: - Detector


@mutant
class DetectorGroupReversed(Mutant):
    about = "group.toml lists the buildpacks from last to first"
    wraps = ["detector"]
    run = ["buildpack/order/*", "platform/detector/*group*"]

    def after(self, call, status):
        edit(call.group(), reversed_group)
        return status


@mutant
class DetectorGroupWithoutAPI(Mutant):
    about = "group.toml does not say the buildpacks' APIs"
    wraps = ["detector"]
    run = ["platform/detector/*"]

    def after(self, call, status):
        substitute(call.group(), r'^\s*api = .*\n')
        return status


@mutant
class DetectorPlanWithoutRequires(Mutant):
    about = "plan.toml names what is provided, but not what is required"
    wraps = ["detector"]
    run = ["buildpack/plan/*"]

    def after(self, call, status):
        substitute(call.plan(), r"(?s)^\s*\[\[entries\.requires\]\]\n(?:(?!\s*\[\[).*\n?)*")
        return status


@mutant
class DetectorWritesNoPlan(Mutant):
    about = "the detector writes no plan.toml"
    wraps = ["detector"]
    run = ["platform/detector/*"]

    def after(self, call, status):
        call.plan().unlink(missing_ok=True)
        return status


@mutant
class DetectorIgnoresOrderFlag(Mutant):
    about = "the detector does not look at -order"
    wraps = ["detector"]
    run = ["platform/detector/*"]

    def before(self, call):
        call.drop_flag("order")


@mutant
class DetectorIgnoresOrderVariable(Mutant):
    about = "the detector does not look at CNB_ORDER_PATH"
    wraps = ["detector"]
    run = ["platform/detector/*"]

    def before(self, call):
        call.environment.pop("CNB_ORDER_PATH", None)


@mutant
class DetectorIgnoresPlatformDir(Mutant):
    about = "the detector gives buildpacks no variables of the platform directory"
    wraps = ["detector"]
    run = ["platform/environment/*", "buildpack/env/*"]

    def before(self, call):
        call.set_flag("platform", "/nowhere")


@mutant
class DetectWithoutBuildPlanPath(BuildpackMutant):
    about = "bin/detect has no CNB_BUILD_PLAN_PATH"
    wraps = ["detector"]
    run = ["buildpack/detection/*", "buildpack/env/*"]
    script, prelude = "detect", "unset CNB_BUILD_PLAN_PATH"


@mutant
class DetectWithoutBuildpackDir(BuildpackMutant):
    about = "bin/detect has no CNB_BUILDPACK_DIR"
    wraps = ["detector"]
    run = ["buildpack/detection/*", "buildpack/env/*"]
    script, prelude = "detect", "unset CNB_BUILDPACK_DIR"


@mutant
class DetectInAnotherDirectory(BuildpackMutant):
    about = "bin/detect does not start in the application directory"
    wraps = ["detector"]
    run = ["buildpack/detection/*"]
    script, prelude = "detect", "cd /"


@mutant
class DetectIgnoresClearEnv(BuildpackMutant):
    about = "bin/detect sees the platform's variables in spite of clear-env"
    wraps = ["detector"]
    run = ["buildpack/env/*"]
    script, prelude = "detect", 'for f in /platform/env/*; do [ ! -f "$f" ] || export "${f##*/}=$(cat "$f")"; done'


# MARK: - Builder


@mutant
class BuildWithoutLayersDir(BuildpackMutant):
    about = "bin/build has no CNB_LAYERS_DIR"
    wraps = ["builder"]
    run = ["buildpack/build/*", "buildpack/env/*"]
    script, prelude = "build", "unset CNB_LAYERS_DIR"


@mutant
class BuildWithoutArguments(BuildpackMutant):
    about = "bin/build gets no arguments"
    wraps = ["builder"]
    run = ["buildpack/build/*", "buildpack/older-apis/*"]
    script, prelude = "build", "set --"


@mutant
class BuildWithEmptyPlan(BuildpackMutant):
    about = "the Buildpack Plan that bin/build reads is always empty"
    wraps = ["builder"]
    run = ["buildpack/plan/*", "buildpack/build/*"]
    script, prelude = "build", ': > "${CNB_BP_PLAN_PATH:-$3}"'


@mutant
class BuildWithoutTarget(BuildpackMutant):
    about = "bin/build has no CNB_TARGET_OS and CNB_TARGET_ARCH"
    wraps = ["builder"]
    run = ["buildpack/env/*", "buildpack/targets/*"]
    script, prelude = "build", "unset CNB_TARGET_OS CNB_TARGET_ARCH"


@mutant
class BuildWithoutLayersOnPath(BuildpackMutant):
    about = "bin directories of earlier build layers are not on PATH"
    wraps = ["builder"]
    run = ["buildpack/env/*", "buildpack/layers/*"]
    script, prelude = "build", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH"


@mutant
class BuildInAnotherDirectory(BuildpackMutant):
    about = "bin/build does not start in the application directory"
    wraps = ["builder"]
    run = ["buildpack/build/*"]
    script, prelude = "build", "cd /"


@mutant
class BuilderReversesGroup(Mutant):
    about = "buildpacks build from last to first"
    wraps = ["builder"]
    run = ["buildpack/build/*", "platform/builder/*"]

    def before(self, call):
        if call.group().exists():
            copy = pathlib.Path("/tmp/mutant-group.toml")
            copy.write_text(reversed_group(call.group().read_text()))
            call.set_flag("group", str(copy))


@mutant
class BuilderWritesNoMetadata(Mutant):
    about = "the builder writes no metadata.toml"
    wraps = ["builder"]
    run = ["platform/builder/*"]

    def after(self, call, status):
        call.metadata().unlink(missing_ok=True)
        return status


@mutant
class BuilderLosesProcessArguments(Mutant):
    about = "processes in metadata.toml have no args"
    wraps = ["builder"]
    run = ["buildpack/launch/*", "platform/builder/*"]

    def after(self, call, status):
        substitute(call.metadata(), r"^(\s*args = ).*", r"\1[]")
        return status


@mutant
class BuilderLosesDefaultProcess(Mutant):
    about = "metadata.toml does not name the default process type"
    wraps = ["builder"]
    run = ["buildpack/launch/*", "platform/builder/*"]

    def after(self, call, status):
        drop_lines(call.metadata(), "buildpack-default-process-type")
        return status


@mutant
class BuilderLosesLabels(Mutant):
    about = "labels of launch.toml do not reach metadata.toml"
    wraps = ["builder"]
    run = ["buildpack/export/*"]

    def after(self, call, status):
        substitute(call.metadata(), r"^\[\[labels\]\]\n(?:\s+.*\n)*")
        return status


@mutant
class RestorerKeepsLayerTypes(Mutant):
    about = "restored layers still have their types when bin/build sees them"
    wraps = ["restorer"]
    run = ["buildpack/layers/*"]

    def after(self, call, status):
        for path in call.layers_dir().glob("*/*.toml"):
            if path.name not in ("store.toml", "launch.toml", "build.toml") and "[types]" not in path.read_text():
                path.write_text("[types]\nbuild = true\nlaunch = true\ncache = true\n" + path.read_text())
        return status


# MARK: - Analyzer and restorer


@mutant
class AnalyzerWithoutRunImage(Mutant):
    about = "analyzed.toml does not name the run image"
    wraps = ["analyzer"]
    run = ["platform/analyzer/*image*"]

    def after(self, call, status):
        substitute(call.analyzed(), r"(?s)^\[run-image\].*?(?=^\[(?!run-image)|\Z)")
        return status


@mutant
class AnalyzerForgetsPreviousImage(Mutant):
    about = "analyzed.toml does not name the previous image"
    wraps = ["analyzer"]
    run = ["platform/analyzer/*image*"]

    def after(self, call, status):
        substitute(call.analyzed(), r"(?s)^\[(?:previous-)?image\].*?(?=^\[|\Z)")
        return status


@mutant
class AnalyzerWithoutTarget(Mutant):
    about = "analyzed.toml does not have the run image's target"
    wraps = ["analyzer"]
    run = ["platform/analyzer/*image*"]

    def after(self, call, status):
        substitute(call.analyzed(), r"(?s)^\s*\[run-image\.target\].*?(?=^\s*\[|\Z)")
        return status


@mutant
class AnalyzerToleratesEverything(Mutant):
    about = "the analyzer succeeds whatever happens"
    wraps = ["analyzer"]
    run = ["platform/analyzer/*image*"]

    def after(self, call, status):
        return 0


@mutant
class RestorerIgnoresSkipLayers(Mutant):
    about = "the restorer restores layers in spite of -skip-layers"
    wraps = ["restorer"]
    run = ["platform/restorer/*"]

    def before(self, call):
        call.drop_flag("skip-layers", takes_value=False)
        call.environment.pop("CNB_SKIP_LAYERS", None)


@mutant
class RestorerLosesStore(Mutant):
    about = "the restorer does not restore store.toml"
    wraps = ["restorer"]
    run = ["platform/restorer/*", "buildpack/build/*"]

    def after(self, call, status):
        for path in call.layers_dir().glob("*/store.toml"):
            path.unlink()
        return status


@mutant
class RestorerLosesMetadata(Mutant):
    about = "the restorer does not restore the layers' metadata"
    wraps = ["restorer"]
    run = ["platform/restorer/*"]

    def after(self, call, status):
        for path in call.layers_dir().glob("*/*.toml"):
            if path.name != "store.toml":
                path.unlink()
        return status


@mutant
class RestorerLosesContents(Mutant):
    about = "the restorer restores the metadata of cached layers, but not their contents"
    wraps = ["restorer"]
    run = ["platform/restorer/*", "buildpack/layers/*"]

    def after(self, call, status):
        for path in call.layers_dir().glob("*/*.toml"):
            shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        return status


# MARK: - Exporter


class ImageMutant(Mutant):
    """Changes the image after the exporter or the creator has pushed it."""

    wraps = ["exporter"]
    run = ["platform/exporter/l*", "platform/exporter/e*", "platform/exporter/a*", "platform/exporter/w*", "platform/exporter/run-*"]

    def after(self, call, status):
        if status == 0:
            for reference in call.images():
                image = Image(reference)
                self.change(image)
                image.save()
        return status

    def change(self, image):
        """Alters the manifest, the config or layers."""


class LabelMutant(ImageMutant):
    """Takes a label away."""

    label = ""

    def change(self, image):
        image.labels().pop(self.label, None)


@mutant
class ExporterWithoutLifecycleLabel(LabelMutant):
    about = "the app image has no label io.buildpacks.lifecycle.metadata"
    label = "io.buildpacks.lifecycle.metadata"


@mutant
class ExporterWithoutBuildLabel(LabelMutant):
    about = "the app image has no label io.buildpacks.build.metadata"
    label = "io.buildpacks.build.metadata"


@mutant
class ExporterWithoutProjectLabel(LabelMutant):
    about = "the app image has no label io.buildpacks.project.metadata"
    label = "io.buildpacks.project.metadata"


@mutant
class ExporterWrongTopLayer(ImageMutant):
    about = "runImage.topLayer is not the run image's last layer"

    def change(self, image):
        image.edit_label(
            "io.buildpacks.lifecycle.metadata", lambda label: label["runImage"].update(topLayer="sha256:" + "0" * 64)
        )


@mutant
class ExporterForgetsBuildpacks(ImageMutant):
    about = "the lifecycle label has no buildpacks"

    def change(self, image):
        image.edit_label("io.buildpacks.lifecycle.metadata", lambda label: label.update(buildpacks=[]))


@mutant
class ExporterForgetsProcesses(ImageMutant):
    about = "the build label has no processes"
    run = ["platform/labels/build*"]

    def change(self, image):
        image.edit_label("io.buildpacks.build.metadata", lambda label: label.update(processes=[]))


@mutant
class ExporterLosesUserLabels(ImageMutant):
    about = "labels of metadata.toml do not reach the image"
    run = ["buildpack/export/*"]

    def change(self, image):
        for name in [name for name in image.labels() if not name.startswith("io.buildpacks.")]:
            image.labels().pop(name)


@mutant
class ExporterWithoutLayersVariable(ImageMutant):
    about = "the image's environment has no CNB_LAYERS_DIR"

    def change(self, image):
        variables = image.config["config"].get("Env") or []
        image.config["config"]["Env"] = [one for one in variables if not one.startswith("CNB_LAYERS_DIR=")]


@mutant
class ExporterWithoutProcessDirOnPath(ImageMutant):
    about = "the image's PATH does not begin with /cnb/process"

    def change(self, image):
        variables = image.config["config"].get("Env") or []
        image.config["config"]["Env"] = [one.replace("/cnb/process:", "").replace("/cnb/lifecycle:", "") for one in variables]


@mutant
class ExporterWrongEntrypoint(ImageMutant):
    about = "the image's entry point is always the launcher, not the default process"

    def change(self, image):
        image.config["config"]["Entrypoint"] = ["/bin/sh"]


@mutant
class ExporterWrongWorkingDir(ImageMutant):
    about = "the image's working directory is not the application directory"

    def change(self, image):
        image.config["config"]["WorkingDir"] = "/"


@mutant
class ExporterChangesModes(ImageMutant):
    about = "files in buildpack layers may be written by everyone"
    run = ["platform/exporter/files*"]

    def change(self, image):
        def widen(member):
            if member.isreg():
                member.mode |= 0o022

        image.edit_layer(lambda names: any(re.match(r"/layers/[^/]+/[^/]+/", name) for name in names), widen)


@mutant
class ExporterMissesFiles(ImageMutant):
    about = "a file of each application layer is missing"
    run = ["buildpack/slices/*", "platform/exporter/app*"]

    def change(self, image):
        def leave_out(member):
            return not (member.isreg() and member.name.lstrip("/").startswith("workspace/"))

        image.edit_layer(lambda names: any(name.startswith("/workspace/") for name in names), leave_out)


@mutant
class ExporterLeaksBuildLayers(ImageMutant):
    about = "layers that are not for launch are in the image, in a layer that no label names"
    run = ["buildpack/layers/*", "platform/exporter/la*"]

    def after(self, call, status):
        self.leaked = []
        for path in call.layers_dir().glob("*/*.toml"):
            layer = path.with_suffix("")
            if path.name not in ("launch.toml", "store.toml") and layer.is_dir() and "launch = true" not in path.read_text():
                self.leaked.append(layer)
        return super().after(call, status)

    def change(self, image):
        output = io.BytesIO()
        with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for layer in self.leaked:
                archive.add(layer)
        if self.leaked:
            image.add_layer(output.getvalue())


@mutant
class ExporterSwapsLayers(ImageMutant):
    about = "the first two layers of the image have changed places"
    run = ["platform/exporter/a*"]

    def change(self, image):
        layers, ids = image.manifest["layers"], image.config["rootfs"]["diff_ids"]
        if len(ids) > 1:
            ids[0], ids[1] = ids[1], ids[0]
            layers[0], layers[1] = layers[1], layers[0]


@mutant
class ExporterChangesUser(ImageMutant):
    about = "the image's user is not the run image's"

    def change(self, image):
        image.config["config"]["User"] = "root"


@mutant
class ExporterWritesNoReport(Mutant):
    about = "the exporter writes no report.toml"
    wraps = ["exporter"]
    run = ["platform/report/*", "platform/exporter/re*"]

    def after(self, call, status):
        call.report().unlink(missing_ok=True)
        return status


@mutant
class ExporterReportsNoDigest(Mutant):
    about = "report.toml has no digest"
    wraps = ["exporter"]
    run = ["platform/report/*", "platform/exporter/re*"]

    def after(self, call, status):
        drop_lines(call.report(), "digest")
        return status


@mutant
class ExporterWritesOneTag(Mutant):
    about = "the exporter writes the first name only"
    wraps = ["exporter"]
    run = ["platform/exporter/several*"]

    def before(self, call):
        images = call.images()
        if len(images) > 1:
            call.arguments = [argument for argument in call.arguments if argument not in images[1:]]


@mutant
class ExporterKeepsNoCache(Mutant):
    about = "the exporter does not fill the cache directory"
    wraps = ["exporter"]
    run = ["platform/exporter/cache*"]

    def before(self, call):
        call.drop_flag("cache-dir")
        call.environment.pop("CNB_CACHE_DIR", None)


# MARK: - Creator


@mutant
class CreatorIgnoresTags(Mutant):
    about = "the creator does not look at -tag"
    wraps = ["creator"]
    run = ["platform/creator/tag*"]

    def before(self, call):
        call.drop_flag("tag")


@mutant
class CreatorIgnoresSkipRestore(Mutant):
    about = "the creator restores in spite of -skip-restore"
    wraps = ["creator"]
    run = ["platform/creator/skip*"]

    def before(self, call):
        call.drop_flag("skip-restore", takes_value=False)
        call.environment.pop("CNB_SKIP_RESTORE", None)


# MARK: - Rebaser


@mutant
class RebaserDoesNothing(Mutant):
    about = "the rebaser succeeds and leaves the image as it was"
    wraps = ["rebaser"]
    run = ["platform/rebaser/*"]

    def before(self, call):
        call.program, call.arguments = "/bin/true", []


@mutant
class RebaserKeepsLabel(Mutant):
    about = "the rebaser leaves the old run image in the label"
    wraps = ["rebaser"]
    run = ["platform/rebaser/*"]

    def before(self, call):
        self.old = {}
        for reference in call.images():
            try:
                image = Image(reference)
            except OSError:
                continue
            self.old[reference] = image.labels().get("io.buildpacks.lifecycle.metadata")

    def after(self, call, status):
        for reference, label in self.old.items():
            if status == 0 and label:
                image = Image(reference)
                image.labels()["io.buildpacks.lifecycle.metadata"] = label
                image.save()
        return status


@mutant
class RebaserForces(Mutant):
    about = "the rebaser swaps images that do not fit, without -force"
    wraps = ["rebaser"]
    run = ["platform/rebaser/*"]

    def before(self, call):
        call.arguments = ["-force", *[one for one in call.arguments if one.lstrip("-") != "force"]]


@mutant
class RebaserWritesNoReport(Mutant):
    about = "the rebaser writes no report.toml"
    wraps = ["rebaser"]
    run = ["platform/rebaser/*"]

    def after(self, call, status):
        call.report().unlink(missing_ok=True)
        return status


# MARK: - Launcher


class LayersMutant(Mutant):
    """Takes something away from the layers before the launcher looks at them."""

    wraps = ["launcher"]
    run = ["buildpack/launch/*", "buildpack/layers/*"]
    patterns = ()

    def before(self, call):
        for pattern in self.patterns:
            for path in call.layers_dir().glob(pattern):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


@mutant
class LauncherIgnoresName(Mutant):
    about = "the launcher does not look at the name that it is called by"
    wraps = ["launcher"]
    run = ["platform/launcher/a*", "platform/launcher/p*"]

    def before(self, call):
        call.name = "/cnb/lifecycle/launcher"


@mutant
class LauncherDropsArguments(Mutant):
    about = "the launcher drops the last argument"
    wraps = ["launcher"]
    run = ["platform/launcher/a*"]

    def before(self, call):
        call.arguments = call.arguments[:-1]


@mutant
class LauncherLosesExitStatus(Mutant):
    about = "every process seems to succeed"
    wraps = ["launcher"]
    run = ["platform/launcher/*exit*", "platform/launcher/*status*", "platform/launcher/c*"]

    def after(self, call, status):
        return 0


@mutant
class LauncherIgnoresLayerEnvironment(LayersMutant):
    about = "the launcher does not look at env and env.launch of layers"
    patterns = ["*/*/env", "*/*/env.launch"]


@mutant
class LauncherIgnoresProfiles(LayersMutant):
    about = "the launcher does not source profile.d"
    patterns = ["*/*/profile.d"]


@mutant
class LauncherIgnoresExecD(LayersMutant):
    about = "the launcher does not run exec.d"
    patterns = ["*/*/exec.d"]


@mutant
class LauncherIgnoresLayersOnPath(LayersMutant):
    about = "the launcher does not put the layers' bin on PATH"
    patterns = ["*/*/bin"]


@mutant
class LauncherReversesModifications(LayersMutant):
    about = "append and prepend have changed places in the launcher"
    run = ["buildpack/env-rules/*"]

    def before(self, call):
        for path in call.layers_dir().glob("*/*/env*/**/*.append"):
            path.rename(path.with_suffix(".swap"))
        for path in call.layers_dir().glob("*/*/env*/**/*.prepend"):
            path.rename(path.with_suffix(".append"))
        for path in call.layers_dir().glob("*/*/env*/**/*.swap"):
            path.rename(path.with_suffix(".prepend"))


@mutant
class LauncherForgetsDelimiters(LayersMutant):
    about = "the launcher joins values without the delimiter that the layer gives"
    run = ["buildpack/env-rules/*"]
    patterns = ["*/*/env/*.delim", "*/*/env.launch/*.delim"]
