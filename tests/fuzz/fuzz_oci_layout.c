/* SPDX-License-Identifier: Apache-2.0 */
/* The index.json of a layout, up to a NUL byte; what follows is in every blob.  Images
 * that are listed have digests, and labels that end. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "archive/oci_layout.h"

#include <string.h>

struct fuzzed_layout {
    struct byte_block version, index, blob;
};

static int
open_fuzzed_file(void *ctx, const char *name, struct byte_source *out, struct err *err)
{
    struct fuzzed_layout *l = ctx;

    (void)err;
    *out = byte_block_source(strcmp(name, "oci-layout") == 0   ? &l->version
                             : strcmp(name, "index.json") == 0 ? &l->index
                                                               : &l->blob);
    return 0;
}

static void
close_fuzzed_file(struct byte_source *file)
{
    (void)file;
}

static void
free_fuzzed_layout(void *ctx)
{
    (void)ctx;
}

static void
check_images(struct local_images *images)
{
    for (size_t i = 0; i < images->count; i++) {
        const struct local_image *image = &images->items[i];
        CLEANUP(referrers_release) struct referrers found = REFERRERS_INIT;
        struct err err = ERR_INIT;

        assert(image->digest.alg == DIGEST_SHA256);
        assert(memchr(image->label, '\0', sizeof(image->label)));
        assert(!image->has_name || image->name.path[0] != '\0');
        if (images->source.list_referrers(images->source.ctx, 0, &image->name,
                                          &image->digest, &found, &err) < 0)
            assert(err.kind == ERR_LIMIT);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char version[] = "{\"imageLayoutVersion\":\"1.0.0\"}";
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t index = nul ? (size_t)(nul - data) : size;
    struct fuzzed_layout layout = {.version = {version, strlen(version)},
                                   .index = {data, index},
                                   .blob = {data + index, size - index}};
    const struct layout_files files = {.ctx = &layout,
                                       .open = open_fuzzed_file,
                                       .close = close_fuzzed_file,
                                       .free = free_fuzzed_layout};
    struct local_images images = LOCAL_IMAGES_INIT;
    struct err err = ERR_INIT;

    if (oci_layout_open(&images, &files, &err) < 0) {
        assert(err.kind == ERR_INTEGRITY || err.kind == ERR_LIMIT ||
               err.kind == ERR_PROTOCOL);
        assert_told(err.msg);
        return 0;
    }
    check_images(&images);
    local_images_release(&images);
    return 0;
}
