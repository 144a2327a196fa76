# Prints the patterns of a project descriptor's `exclude` (with `-` before each) and `include` (with `+`): those of
# [io.buildpacks] in descriptors of schema 0.2, of [build] in those of 0.1. Knows as much of TOML as such lists need.

{ text = text $0 "\n" }

END {
    table = ""
    while (text != "") {
        sub(/^[ \t\r\n]+/, "", text)
        if (text ~ /^#/) { skip_line(); continue }
        if (text ~ /^\[/) {
            table = text; sub(/\n.*/, "", table); sub(/#.*/, "", table); gsub(/[][ \t\r"']/, "", table)
            skip_line(); continue
        }
        key = text; sub(/[=\n].*/, "", key); gsub(/[ \t\r"']/, "", key)
        if (key == "") { skip_line(); continue }
        sub(/^[^=\n]*=?[ \t]*/, "", text)
        name = table == "" ? key : table "." key
        if (text ~ /^\[/) list(sign(name))
        else if (text ~ /^("""|''')/) skip_long()
        else skip_line()
    }
}

function sign(name) {
    if (name == "io.buildpacks.exclude" || name == "build.exclude") return "-"
    if (name == "io.buildpacks.include" || name == "build.include") return "+"
    return ""
}

function skip_line() {
    if (!sub(/^[^\n]*\n/, "", text)) text = ""
}

function skip_long(    mark, end) {
    mark = substr(text, 1, 3); text = substr(text, 4); end = index(text, mark)
    text = end ? substr(text, end + 3) : ""
}

# Takes an array off the text, and prints its strings where `sign` is not empty.
function list(sign,    depth, c) {
    depth = 0
    while (text != "") {
        c = substr(text, 1, 1)
        if (c == "#") { skip_line(); continue }
        if (c == "\"" || c == "'") {
            c = string(c)
            if (sign != "" && depth == 1 && c != "") print sign c
            continue
        }
        text = substr(text, 2)
        if (c == "[") depth++
        if (c == "]" && --depth == 0) return
    }
}

# Takes a string off the text, and gives its value.
function string(quote,    value, c) {
    text = substr(text, 2)
    while (text != "") {
        c = substr(text, 1, 1); text = substr(text, 2)
        if (c == quote || c == "\n") break
        if (c == "\\" && quote == "\"") { c = substr(text, 1, 1); text = substr(text, 2) }
        value = value c
    }
    return value
}
