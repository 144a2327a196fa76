"""Generates the trees that layers are made of."""

import os
import pathlib
import random
import shutil

MEGABYTE = 1_000_000


def mixed(directory, megabytes):
    """About so many megabytes of what runtimes are made of: copies of this machine's libraries, programs, texts."""
    left = int(megabytes * MEGABYTE)
    sources = ["/usr/lib/python3", "/usr/lib/x86_64-linux-gnu", "/usr/share/doc", "/usr/bin", "/usr/share/perl", "/usr/lib/gcc"]
    # One round takes a share from each, so that the mixture is the same at every size.
    share = left // len(sources) + 1
    for number, source in enumerate(sources):
        taken = 0
        for root, directories, files in os.walk(source):
            directories.sort()
            for name in sorted(files):
                path = pathlib.Path(root) / name
                if path.is_symlink() or not path.is_file() or taken + path.stat().st_size > share:
                    continue
                target = directory / str(number) / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                taken += path.stat().st_size
        left -= taken
    number = 0
    while left > MEGABYTE and taken:
        # The machine has less than was asked for: take what there is once more.
        copy = directory / f"again{number}"
        size = sum(f.stat().st_size for f in (directory / "1").rglob("*") if f.is_file()) or MEGABYTE
        shutil.copytree(directory / "1", copy)
        left -= size
        number += 1
    return directory


def small_files(directory, count):
    """So many files of 0.2 to 6 KB, 150 in a directory."""
    words = [f"word{n}" for n in range(4000)]
    chance = random.Random(7)
    for number in range(count):
        if number % 150 == 0:
            folder = directory / f"d{number // 150:04}"
            folder.mkdir(parents=True)
        text = " ".join(chance.choices(words, k=chance.randint(30, 850)))
        (folder / f"file{number:07}.txt").write_text(text)
    return directory


def empty_files(directory, count):
    """So many empty files, 1,000 in a directory."""
    for number in range(count):
        if number % 1000 == 0:
            folder = directory / f"d{number // 1000:05}"
            folder.mkdir(parents=True)
        os.close(os.open(folder / f"f{number}", os.O_CREAT | os.O_WRONLY, 0o644))
    return directory


def one_file(directory, megabytes):
    """One file of so many megabytes, half of it random."""
    directory.mkdir(parents=True)
    chance = random.Random(11)
    block = b"".join(chance.randbytes(500_000) + b"0123456789abcdef" * 31_250 for _ in range(16))
    with open(directory / "large.bin", "wb") as file:
        left = int(megabytes * MEGABYTE)
        while left > 0:
            left -= file.write(block[: min(left, len(block))])
    return directory


def size_of(directory):
    """The bytes of all files below a directory."""
    return sum(f.lstat().st_size for f in directory.rglob("*") if f.is_file())
