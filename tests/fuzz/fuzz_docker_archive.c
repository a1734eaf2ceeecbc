/* SPDX-License-Identifier: Apache-2.0 */
/* A docker-archive: what is accepted has for each image a manifest that can be fetched
 * and parsed, and whose config and layers are there. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "archive/docker_archive.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
check_image(const struct local_images *l, const struct local_image *image)
{
    CLEANUP(image_document_release) struct image_document got = IMAGE_DOCUMENT_INIT;
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    const struct image_object what = {.digest = &image->digest, .size = image->size};
    struct err err = ERR_INIT;

    assert(l->source.is_made(l->source.ctx, &image->digest));
    assert(l->source.fetch_document(l->source.ctx, 0, &what, &got, &err) == 0);
    assert(document_parse(&doc, got.bytes.data, got.bytes.len, image->media_type,
                          ERR_INTEGRITY, &err) == 0);
    assert(doc.kind == MEDIA_MANIFEST && doc.count >= 1);
    for (size_t i = 0; i < doc.count; i++)
        assert(l->has(l->source.ctx, &doc.edges[i].digest));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run run = RUN_INIT;
    struct local_images l = LOCAL_IMAGES_INIT;
    struct err err = ERR_INIT;
    int fd = memfd_create("tar", MFD_CLOEXEC);
    char path[64];

    assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (docker_archive_open(&l, path, NULL, &run, &err) < 0) {
        assert(err.kind == ERR_INTEGRITY || err.kind == ERR_LIMIT ||
               err.kind == ERR_PROTOCOL);
        assert_told(err.msg);
    } else {
        for (size_t i = 0; i < l.count; i++)
            check_image(&l, &l.items[i]);
    }
    local_images_release(&l);
    close(fd);
    return 0;
}
