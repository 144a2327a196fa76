"""Times commands in turn and prints tables of ratios."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time


class Failed(Exception):
    """A measured command ended with an error; its output is the text."""


def timed(command, environment=None, shell=False, cwd=None):
    """Runs a command once; gives (seconds, peak memory in bytes, which is 0 where the command is the shell's)."""
    return profiled(command, environment, shell, cwd)[:2]


def profiled(command, environment=None, shell=False, cwd=None):
    """Runs a command once; gives (seconds, peak memory in bytes, seconds of all cores), 0 for the shell's own memory."""
    with tempfile.NamedTemporaryFile(mode="r") as peak:
        # The kernel counts what a process was before exec, so a child of this one would seem as large as this one is.
        measured = command if shell else ["/usr/bin/time", "--format=%M", f"--output={peak.name}", *command]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        done = subprocess.run(
            measured, env=environment, shell=shell, cwd=cwd, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        seconds = time.perf_counter() - begin
        if done.returncode != 0:
            text = done.stdout.decode(errors="replace")[-2000:]
            raise Failed(f"{command} ended with {done.returncode}:\n{text}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cores = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, 0 if shell else int(peak.read()) * 1024, cores


def processor_seconds(pid):
    """The seconds that a running process has kept cores busy, in hundredths."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def spawned(executable, arguments, environment):
    """Seconds from posix_spawn to the end of a process, its output thrown away; for commands of a millisecond."""
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    begin = time.perf_counter()
    pid = os.posix_spawn(executable, arguments, environment, file_actions=silent)
    _, status = os.waitpid(pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        raise Failed(f"{arguments} ended with wait status {status}")
    return seconds


def transferred(command, environment, scratch):
    """Runs a command; gives the bytes that it and its children read and wrote by system calls, files and sockets alike."""
    counts = scratch / "io"
    # The kernel adds a child's counts to its parent's when it is waited for.
    wrapper = ["sh", "-c", 'counts=$1; shift; "$@" >/dev/null 2>&1 || exit; cat /proc/$$/io >"$counts"', "sh", str(counts)]
    timed([*wrapper, *command], environment)
    fields = dict(line.split(": ") for line in counts.read_text().splitlines())
    return int(fields["rchar"]), int(fields["wchar"])


def in_turn(runs, steps):
    """Runs each step `runs` times, one after the other, so that noise hits all of them; gives the medians.

    steps: name -> function that gives seconds, or a tuple of numbers that begins with seconds and a peak, of which the
    largest counts.
    """
    results = {name: [] for name in steps}
    for _ in range(runs):
        for name, step in steps.items():
            outcome = step()
            results[name].append(outcome if isinstance(outcome, tuple) else (outcome, 0))
    return {
        name: tuple(max(column) if i == 1 else statistics.median(column) for i, column in enumerate(zip(*rows)))
        for name, rows in results.items()
    }


def table(headings, rows):
    """Prints a Markdown table."""
    rows = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(len(str(row[i])) for row in [headings, *rows]) for i in range(len(headings))]
    for index, row in enumerate([headings, *rows]):
        print("| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) + " |")
        if index == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.flush()
