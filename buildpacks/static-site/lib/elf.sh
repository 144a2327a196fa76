# Tells how a program is linked, without ldd, which not every build image has.

# elf_linkage FILE: prints `dynamic` where the program asks for an interpreter, which loads its shared libraries, `static`
# where it does not, and `none` where the file is no ELF file.
elf_linkage() {
    [ "$(_bytes "$1" 0 4 x1)" = "7f 45 4c 46" ] || {
        echo none
        return
    }
    # The fifth byte: 1 for files of 32 bits, 2 for those of 64. See elf(5) for the fields: where the program headers are,
    # how long each is and how many there are.
    if [ "$(_bytes "$1" 4 1 u1)" = 2 ]; then
        _at=$(_bytes "$1" 32 8 u8) _size=$(_bytes "$1" 54 2 u2) _count=$(_bytes "$1" 56 2 u2)
    else
        _at=$(_bytes "$1" 28 4 u4) _size=$(_bytes "$1" 42 2 u2) _count=$(_bytes "$1" 44 2 u2)
    fi
    while [ "$_count" -gt 0 ]; do
        # A header's first field is its type; 3 is that of the interpreter.
        if [ "$(_bytes "$1" "$_at" 4 u4)" = 3 ]; then
            echo dynamic
            return
        fi
        _at=$((_at + _size)) _count=$((_count - 1))
    done
    echo static
}

# _bytes FILE OFFSET COUNT TYPE: prints bytes in the form that od knows as TYPE.
_bytes() {
    # Unquoted, so that od's columns become single spaces.
    echo $(od -An -v -t "$4" -j "$2" -N "$3" "$1")
}
