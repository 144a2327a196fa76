"""What a mutant can do wrong: the steps that rows of mutants.toml name, each with its arguments.

Steps of `before` are called with the call, those of `after` with the call and the exit status, which they may replace by
returning another one, and those of `image` with each image that the phase has pushed.
"""

import io
import pathlib
import re
import shutil
import tarfile

from mutation import Image, drop_lines, edit, substitute

BEFORE, AFTER, IMAGE = {}, {}, {}


def step(steps):
    """Registers a function under its name in the spelling of the table: `drop_flag` is drop-flag."""
    def register(function):
        steps[function.__name__.strip("_").replace("_", "-")] = function
        return function

    return register


# MARK: - Before the phase


@step(BEFORE)
def drop_flag(call, *names):
    for name in names:
        call.drop_flag(name)


@step(BEFORE)
def drop_switch(call, name):
    call.drop_flag(name, takes_value=False)


@step(BEFORE)
def set_flag(call, name, value):
    call.set_flag(name, value)


@step(BEFORE)
def add_switch(call, name):
    call.arguments = ["-" + name, *[one for one in call.arguments if one.lstrip("-") != name]]


@step(BEFORE)
def unset(call, *names):
    for name in names:
        call.environment.pop(name, None)


@step(BEFORE)
def prelude(call, script, lines):
    """Puts lines of sh before each bin/`script`."""
    call.shim(script, lines)


@step(BEFORE)
def instead(call, program):
    """Runs another program in place of the phase."""
    call.program, call.arguments = program, []


@step(BEFORE)
def call_by(call, name):
    call.name = name


@step(BEFORE)
def drop_last_argument(call):
    call.arguments = call.arguments[:-1]


@step(BEFORE)
def one_image(call):
    """Leaves the first of several names of the image."""
    others = call.images()[1:]
    call.arguments = [argument for argument in call.arguments if argument not in others]


@step(BEFORE)
def give_reversed_group(call):
    if call.group().exists():
        copy = pathlib.Path("/tmp/mutant-group.toml")
        copy.write_text(_reversed_group(call.group().read_text()))
        call.set_flag("group", str(copy))


@step(BEFORE)
def swap_suffixes(call, pattern, one, other):
    """Lets files below the layers, all those that fit the pattern, change their suffixes."""
    for old, new in ((one, ".swap"), (other, one), (".swap", other)):
        for path in call.layers_dir().glob(pattern + old):
            path.rename(path.with_suffix(new))


@step(BEFORE)
def remember_label(call, label):
    """Keeps a label of the images for put-label-back."""
    call.labels = {}
    for reference in call.images():
        try:
            call.labels[reference] = Image(reference).labels().get(label)
        except OSError:
            continue


# MARK: - After the phase


@step(AFTER)
def status(call, status, real, given):
    """Gives one exit status for another; -1 stands for any."""
    return given if real in (status, -1) else status


@step(AFTER)
def remove(call, status, name):
    """Removes a file that the phase writes."""
    _file(call, name).unlink(missing_ok=True)


@step(AFTER)
def _substitute(call, status, name, pattern, replacement=""):
    substitute(_file(call, name), pattern, replacement)


@step(AFTER)
def _drop_lines(call, status, name, word):
    drop_lines(_file(call, name), word)


@step(AFTER)
def reverse_group(call, status):
    edit(call.group(), _reversed_group)


@step(AFTER)
def remove_layer_directories(call, status):
    for path in call.layers_dir().glob("*/*.toml"):
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)


@step(AFTER)
def add_layer_types(call, status):
    for path in call.layers_dir().glob("*/*.toml"):
        if path.name not in ("store.toml", "launch.toml", "build.toml") and "[types]" not in path.read_text():
            path.write_text("[types]\nbuild = true\nlaunch = true\ncache = true\n" + path.read_text())


@step(AFTER)
def put_label_back(call, status, name):
    for reference, label in call.labels.items():
        if status == 0 and label:
            image = Image(reference)
            image.labels()[name] = label
            image.save()


@step(AFTER)
def leak_build_layers(call, status):
    """Adds a layer with what is not for launch to the images."""
    layers = [path.with_suffix("") for path in call.layers_dir().glob("*/*.toml")
              if path.name not in ("launch.toml", "store.toml") and "launch = true" not in path.read_text()]
    layers = [layer for layer in layers if layer.is_dir()]
    if status != 0 or not layers:
        return
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for layer in layers:
            archive.add(layer)
    for reference in call.images():
        image = Image(reference)
        image.add_layer(output.getvalue())
        image.save()


# Both before and after the phase: takes away what fits one of the patterns and is not called `besides`.
def remove_in_layers(call, status, patterns, besides=""):
    for pattern in patterns:
        for path in call.layers_dir().glob(pattern):
            if path.name == besides:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


AFTER["remove-in-layers"] = remove_in_layers
BEFORE["remove-in-layers"] = lambda call, patterns: remove_in_layers(call, None, patterns)


# MARK: - The image that the phase has pushed


@step(IMAGE)
def remove_label(image, name):
    image.labels().pop(name, None)


@step(IMAGE)
def remove_labels_besides(image, prefix):
    for name in [name for name in image.labels() if not name.startswith(prefix)]:
        image.labels().pop(name)


@step(IMAGE)
def set_in_label(image, label, path, value):
    """Sets a value at a dotted path in a label's JSON."""
    *parents, last = path.split(".")

    def change(document):
        for key in parents:
            document = document[key]
        document[last] = value

    image.edit_label(label, change)


@step(IMAGE)
def set_config(image, key, value):
    image.config["config"][key] = value


@step(IMAGE)
def drop_variable(image, name):
    variables = image.config["config"].get("Env") or []
    image.config["config"]["Env"] = [one for one in variables if not one.startswith(name + "=")]


@step(IMAGE)
def drop_from_variables(image, *texts):
    for text in texts:
        image.config["config"]["Env"] = [one.replace(text, "") for one in image.config["config"].get("Env") or []]


@step(IMAGE)
def swap_layers(image):
    layers, ids = image.manifest["layers"], image.config["rootfs"]["diff_ids"]
    if len(ids) > 1:
        ids[0], ids[1] = ids[1], ids[0]
        layers[0], layers[1] = layers[1], layers[0]


@step(IMAGE)
def widen_modes(image, pattern):
    """Lets everyone write the files of layers in which a name fits the pattern."""
    def widen(member):
        if member.isreg():
            member.mode |= 0o022

    image.edit_layer(lambda names: any(re.match(pattern, name) for name in names), widen)


@step(IMAGE)
def leave_out_files(image, directory):
    def leave_out(member):
        return not (member.isreg() and ("/" + member.name.lstrip("/")).startswith(directory))

    image.edit_layer(lambda names: any(name.startswith(directory) for name in names), leave_out)


# MARK: - What steps share


def _file(call, name):
    """The path of a file that the table names: analyzed, group, plan, report or metadata."""
    return {
        "analyzed": call.analyzed, "group": call.group, "plan": call.plan, "report": call.report, "metadata": call.metadata,
    }[name]()


def _reversed_group(text):
    """The text of a group.toml with its buildpacks from last to first."""
    head, *elements = re.split(r"(?m)^(?=\[\[group\]\])", text)
    return head + "".join(element.rstrip() + "\n" for element in reversed(elements))
