/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - runs files through a fuzz target, for builds without libFuzzer. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 16 << 20 };

/* The file's bytes, which the caller frees; NULL when it cannot be read whole. */
static uint8_t *
read_whole(const char *name, size_t *len)
{
    FILE *file = fopen(name, "rb");
    uint8_t *bytes = malloc(FILE_MAX + 1);
    bool is_read = false;

    if (file && bytes) {
        *len = fread(bytes, 1, FILE_MAX + 1, file);
        is_read = !ferror(file) && *len <= FILE_MAX;
    }
    if (file)
        fclose(file);
    if (is_read)
        return bytes;
    free(bytes);
    return NULL;
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "%s: no files to run\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        size_t len;
        uint8_t *all = read_whole(argv[i], &len);
        uint8_t *bytes =
            all ? realloc(all, len > 0 ? len : 1) : NULL; /* finds overreads */

        if (!bytes) {
            fprintf(stderr, "%s: cannot read '%s', or it is above 16 MiB\n", argv[0],
                    argv[i]);
            free(all);
            return 2;
        }
        LLVMFuzzerTestOneInput(bytes, len);
        free(bytes);
    }
    return 0;
}
