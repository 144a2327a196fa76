# Functions for scripts that run a build or an app image without a container engine. Sourced by bash.

# in_builder DIR COMMAND...: runs a command in a root that looks like a builder image's container: the machine's own
# /usr and /etc, and DIR's cnb, layers, layout, platform and workspace at the paths that the platform spec gives them,
# and DIR's cache, if it has one, at /cache.
# Uses bubblewrap where it works; a root user gets a chroot in a mount namespace otherwise.
in_builder() {
    local dir=$1 volume volumes=(cnb layers layout platform workspace)
    shift
    [ ! -d "$dir/cache" ] || volumes+=(cache)
    if bwrap --ro-bind / / true 2>/dev/null; then
        local arguments=(--ro-bind /usr /usr --ro-bind /etc /etc --proc /proc --dev /dev --perms 1777 --tmpfs /tmp)
        for volume in bin lib lib64 sbin; do
            [ ! -e "/$volume" ] || arguments+=(--symlink "usr/$volume" "/$volume")
        done
        for volume in "${volumes[@]}"; do
            arguments+=(--bind "$dir/$volume" "/$volume")
        done
        bwrap "${arguments[@]}" --chdir /workspace --die-with-parent "$@"
        return
    fi
    unshare --mount bash -euc '
        dir=$1; shift
        root=$(mktemp -d)
        mount -t tmpfs tmpfs "$root"
        mkdir -p "$root"/{tmp,proc,dev,usr,etc}; chmod 1777 "$root/tmp"
        mount --rbind /usr "$root/usr"; mount --rbind /etc "$root/etc"
        mount --rbind /proc "$root/proc"; mount --rbind /dev "$root/dev"
        for name in bin lib lib64 sbin; do [ ! -e "/$name" ] || ln -s "usr/$name" "$root/$name"; done
        for name in cnb layers layout platform workspace cache; do
            [ -d "$dir/$name" ] || continue
            mkdir "$root/$name"; mount --bind "$dir/$name" "$root/$name"
        done
        exec chroot "$root" "$@"
    ' in_builder "$dir" "$@"
}

# start_bundle DIR [NAME=VALUE...]: runs the OCI bundle in DIR on the machine's network, in the foreground, with
# variables added to the image's. Uses crun where it works, chroot otherwise; DIR/runtime says which.
start_bundle() {
    local dir=$1 filter
    shift
    filter='.process.terminal = false
        | .process.env += $ARGS.positional
        | .linux.namespaces |= map(select(.type != "network" and .type != "cgroup"))
        | del(.linux.resources)'
    jq "$filter" "$dir/config.json" --args "$@" >"$dir/config.new"
    mv "$dir/config.new" "$dir/config.json"

    # One that a killed script has left behind would be in the way.
    stop_bundle "$dir"
    if crun_works; then
        echo crun >"$dir/runtime"
        _crun run --bundle "$dir" "$(_container_id "$dir")"
    else
        echo chroot >"$dir/runtime"
        _chroot_bundle "$dir"
    fi
}

# stop_bundle DIR: ends what start_bundle started.
stop_bundle() {
    local dir=$1 pid
    if [ "$(cat "$dir/runtime" 2>/dev/null)" = crun ]; then
        _crun delete --force "$(_container_id "$dir")" 2>/dev/null || true
    elif [ -f "$dir/pid" ]; then
        pid=$(cat "$dir/pid")
        # The number may long be that of another process.
        [ "$(readlink "/proc/$pid/root")" != "$(readlink -f "$dir/rootfs")" ] || kill "$pid" 2>/dev/null || true
        rm -f "$dir/pid"
    fi
    rm -f "$dir/runtime"
}

# Says whether crun can run a container here; some machines forbid it namespaces or mounts.
crun_works() {
    local probe status=0
    command -v crun >/dev/null || return 1
    probe=$(mktemp -d)
    mkdir -p "$probe/rootfs/bin"
    cp "$(readlink -f "$(command -v busybox)")" "$probe/rootfs/bin/busybox"
    (cd "$probe" && crun spec $([ "$(id -u)" = 0 ] || echo --rootless))
    jq '.process.terminal = false | .process.args = ["/bin/busybox", "true"]
        | .linux.namespaces |= map(select(.type != "network" and .type != "cgroup")) | del(.linux.resources)' \
        "$probe/config.json" >"$probe/config.new"
    mv "$probe/config.new" "$probe/config.json"
    _crun run --bundle "$probe" "probe-$$" >/dev/null 2>&1 || status=$?
    rm -rf "$probe"
    return $status
}

# crun refuses machines whose cgroups are mounted in the mixed way of old; there it gets a mount namespace of its own
# with the unified hierarchy. Its state directory is shared by both ways.
_crun() {
    if [ "$(id -u)" = 0 ] && [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
        unshare --mount sh -c '
            umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec crun --cgroup-manager=disabled "$@"
        ' crun "$@"
    else
        crun --cgroup-manager=disabled "$@"
    fi
}

_container_id() { echo "slipway-$(printf '%s' "$1" | sha256sum | cut -c 1-12)"; }

# Runs the bundle's process as config.json says, in a plain chroot: no isolation, but nothing that a machine forbids.
_chroot_bundle() {
    local dir=$1 cwd user
    local -a environment arguments
    mapfile -t environment < <(jq -r '.process.env[]' "$dir/config.json")
    mapfile -t arguments < <(jq -r '.process.args[]' "$dir/config.json")
    user=$(jq -r '"\(.process.user.uid):\(.process.user.gid)"' "$dir/config.json")
    cwd=$(jq -r '.process.cwd' "$dir/config.json")
    python3 - "$dir" "$user" "$cwd" "${#environment[@]}" "${environment[@]}" "${arguments[@]}" <<'PY'
import os, sys
dir, user, cwd, count = sys.argv[1:5]
rest = sys.argv[5:]
environment, arguments = rest[: int(count)], rest[int(count) :]
with open(f"{dir}/pid", "w", encoding="ascii") as file:
    file.write(str(os.getpid()))
uid, gid = map(int, user.split(":"))
os.chroot(f"{dir}/rootfs")
os.chdir(cwd)
os.setgroups([])
os.setgid(gid)
os.setuid(uid)
os.execve(arguments[0], arguments, dict(entry.split("=", 1) for entry in environment))
PY
}
