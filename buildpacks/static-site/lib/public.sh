# Tells which files of a site are for the public, and copies them. Uses the busybox in $server.
#
# Not for the public are files and directories whose name begins with a dot (but `.well-known`, RFC 8615), what the
# project descriptor excludes or does not include, and links that lead to such, or out of the app directory.

# all_is_public ROOT: whether every file below ROOT is for the public. Links need a look at what they lead to, so a site
# with links is never called so.
all_is_public() {
    [ ! -e project.toml ] || [ -z "$(_patterns)" ] || return 1
    [ -z "$("$server" find "$1/" -mindepth 1 \( -type l -o -name '.*' ! -name .well-known \) | head -n 1)" ]
}

# copy_public ROOT TARGET: copies what is for the public; links are replaced by what they lead to.
copy_public() {
    _list=$2.list
    _public "$1" >"$_list"
    # An archiver's two ends copy all files with two processes. It says how long the archive was, which nobody needs.
    (cd "$1" && "$server" cpio -o -L -H newc <"$_list" 2>/dev/null) | (cd "$2" && "$server" cpio -i -d -m 2>/dev/null) || true
    # The status of a pipe's first part is lost, so what has arrived is counted.
    if [ "$("$server" find "$2" -type f | wc -l)" -ne "$(wc -l <"$_list")" ]; then
        echo "not all of the site's files can be copied to $2: are all readable, and is there room?" >&2
        exit 1
    fi
    rm -f "$_list"
}

# Prints the files that are for the public, relative to ROOT.
_public() {
    _app=$(pwd -P) _top=$(cd "$1" && pwd -P)
    {
        _files "$_top" "$_top"
        # A link to a directory shows the files there under other names; links inside of that are left out.
        "$server" find "$_top/" -type l | while IFS= read -r _link; do
            _to=$(readlink -f "$_link") || continue
            _link=$_top/${_link#"$_top/"}
            case $_to in
                "$_app"/*)
                    if [ -d "$_to" ]; then
                        case $_link in "$_to"/*) continue ;; esac
                        _files "$_to" "$_link"
                    elif [ -f "$_to" ]; then
                        printf '%s\t%s\n' "$_to" "$_link"
                    fi
                    ;;
            esac
        done
    } | {
        # Each line is a file, and the name that it is shown by: neither may be hidden.
        _patterns >"$site.patterns"
        "$server" awk -F '\t' -v app="$_app/" -v top="$_top/" -v patterns="$site.patterns" \
            -f "$buildpack_dir/lib/public.awk"
        rm -f "$site.patterns"
    }
}

# _files DIRECTORY SHOWN: prints each regular file below DIRECTORY, a tab, and its name with SHOWN for DIRECTORY. Names
# with tabs or newlines are left out: no list of lines can hold them.
_files() {
    "$server" find "$1/" -type f ! -name '*	*' ! -name '*
*' | "$server" awk -v from="$1/" -v shown="$2/" '
        # find writes one slash or two after the directory that it is given.
        { rest = substr($0, length(from) + 1); sub(/^\/+/, "", rest); print from rest "\t" shown rest }'
}

# Prints what the project descriptor excludes and includes: a line each, which begins with `-` or `+`.
_patterns() {
    [ ! -f project.toml ] || "$server" awk -f "$buildpack_dir/lib/project.awk" project.toml
}
