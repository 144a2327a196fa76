// The launcher's memory, in place of libc's: see `launcherLink` in Package.swift.
//
// A launch is over in a millisecond, has one thread, and builds up strings that grow again and again, as PATH does layer
// by layer. Blocks come in powers of two and are given out again most recent first, so that the same few pages serve all
// the time; nothing goes back to the kernel before `exec` takes it all.
#include "cposix.h"

enum {
    smallest_shift = 5,
    class_count = 48,
    header_size = 16,
    arena_size = 1 << 16,
};

/// What stands before every block that is in use.
struct header {
    void *start;
    size_t class_number;
};
_Static_assert(sizeof(struct header) <= header_size, "blocks stay aligned");

/// A block that is free, in the list of its class.
struct free_block {
    struct free_block *next;
};

static struct free_block *free_blocks[class_count];
static _Alignas(16) unsigned char first_arena[arena_size];
static unsigned char *arena = first_arena;
static size_t arena_left = arena_size;

/// Memory that was never given out before, or null.
static void *take(size_t size) {
    if (size > arena_left) {
        size_t fresh_size = size > 4 * arena_size ? size : 4 * arena_size;
        void *fresh = mmap(NULL, fresh_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (fresh == MAP_FAILED) return NULL;
        if (fresh_size == size) return fresh;
        arena = fresh;
        arena_left = fresh_size;
    }
    void *block = arena;
    arena += size;
    arena_left -= size;
    return block;
}

int launcher_memalign(void **result, size_t alignment, size_t size) {
    size_t padding = alignment > header_size ? alignment : 0;
    size_t wanted = size + header_size + padding;
    if (wanted < size) return ENOMEM;
    size_t class_number = 0;
    while (class_number < class_count && ((size_t)1 << (smallest_shift + class_number)) < wanted) class_number++;
    if (class_number == class_count) return ENOMEM;

    void *start = free_blocks[class_number];
    if (start != NULL) {
        free_blocks[class_number] = free_blocks[class_number]->next;
    } else {
        start = take((size_t)1 << (smallest_shift + class_number));
        if (start == NULL) return ENOMEM;
    }
    uintptr_t address = (uintptr_t)start + header_size;
    if (padding != 0) address = (address + alignment - 1) & ~(uintptr_t)(alignment - 1);
    struct header *header = (struct header *)(address - header_size);
    header->start = start;
    header->class_number = class_number;
    *result = (void *)address;
    return 0;
}

void launcher_free(void *address) {
    if (address == NULL) return;
    const struct header *header = (const struct header *)((uintptr_t)address - header_size);
    size_t class_number = header->class_number;
    struct free_block *block = header->start;
    block->next = free_blocks[class_number];
    free_blocks[class_number] = block;
}
