# Reads lines of a file's path, a tab, and the path that it is shown by; prints the latter, relative to `top`, of those
# that are for the public. `patterns` names the file with the project descriptor's patterns.

BEGIN {
    rootname = substr(top, length(app) + 1)
    while ((getline line < patterns) > 0) {
        sign = substr(line, 1, 1); glob = substr(line, 2)
        if (sign == "-") {
            excluding++; negated[excluding] = sub(/^!/, "", glob); excluded[excluding] = expression(glob)
        } else {
            included[++including] = expression(glob)
        }
    }
}

{
    from = substr($1, length(app) + 1); shown = substr($2, length(app) + 1)
    if (hidden(from) || hidden(substr($2, length(top) + 1)) || excludes(from) || excludes(shown)) next
    print substr($2, length(top) + 1)
}

# Whether a name in the path begins with a dot. What the served directory itself lies in is the author's choice.
function hidden(path,    count, i, names) {
    if (index(path, rootname) == 1) path = substr(path, length(rootname) + 1)
    count = split(path, names, "/")
    for (i = 1; i <= count; i++) if (names[i] ~ /^\./ && names[i] != ".well-known") return 1
    return 0
}

# Whether the descriptor takes the path out: the last pattern that fits decides, as in .gitignore.
function excludes(path,    i, out) {
    for (i = 1; i <= excluding; i++) if (path ~ excluded[i]) out = !negated[i]
    if (out || !including) return out
    for (i = 1; i <= including; i++) if (path ~ included[i]) return 0
    return 1
}

# A pattern of .gitignore as a regular expression for paths relative to the app: it fits what it names, and all below.
function expression(glob,    result, i, c, anchored, directory, close_) {
    sub(/[ \t]+$/, "", glob)
    directory = sub(/\/+$/, "", glob)
    anchored = index(glob, "/") > 0
    sub(/^\//, "", glob)
    result = anchored ? "^" : "(^|/)"
    for (i = 1; i <= length(glob); i++) {
        c = substr(glob, i, 1)
        if (substr(glob, i, 3) == "**/") { result = result "(.*/)?"; i += 2 }
        else if (substr(glob, i, 2) == "**") { result = result ".*"; i++ }
        else if (c == "*") result = result "[^/]*"
        else if (c == "?") result = result "[^/]"
        else if (c == "[" && (close_ = index(substr(glob, i + 2), "]")) > 0) {
            result = result "[" class(substr(glob, i + 1, close_)) "]"; i += close_ + 1
        } else {
            if (c == "\\" && i < length(glob)) c = substr(glob, ++i, 1)
            result = result (c ~ /[A-Za-z0-9_\/ -]/ || c > "~" ? c : "[" c "]")
        }
    }
    # A caret means something else in brackets.
    gsub(/\[\^\]/, "\\^", result)
    return result (directory ? "/" : "(/|$)")
}

# The inside of a bracket expression; `!` negates in a pattern, `^` does in a regular expression.
function class(text) {
    sub(/^!/, "^", text)
    gsub(/\\/, "\\\\", text)
    return text
}
