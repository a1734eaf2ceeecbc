/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/source/source_guess.h"

#include "io/archive/tar_index.h"
#include "io/file/file.h"
#include "io/file/folder.h"

#include <string.h>

enum { HEAD = 512, MAGIC_AT = 257 };

static bool
is_layout_folder(const char *path)
{
    CLEANUP(file_close) int folder = folder_open(path, err_ignored());
    CLEANUP(file_close) int file = -1;
    uint64_t size;

    if (folder >= 0)
        file = folder_open_file(folder, "oci-layout", &size, err_ignored());
    return file >= 0;
}

static bool
is_compressed(const unsigned char *head)
{
    return memcmp(head, "\x1f\x8b", 2) == 0 || memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0 ||
           memcmp(head,
                  "\xfd"
                  "7zXZ",
                  5) == 0 ||
           memcmp(head, "BZh", 3) == 0;
}

/* The kinds differ in their members. */
static enum image_transport
guess_tar(const char *path)
{
    struct run run = RUN_INIT;
    struct tar_index *tar;
    enum image_transport guess = TRANSPORT_REGISTRY;

    if (tar_index_open(&tar, path, NULL, &run, err_ignored()) < 0)
        return guess;
    if (tar_index_find(tar, "signatures/.pad"))
        guess = TRANSPORT_BUNDLE;
    else if (tar_index_find(tar, "oci-layout"))
        guess = TRANSPORT_OCI_ARCHIVE;
    else if (tar_index_find(tar, "manifest.json"))
        guess = TRANSPORT_DOCKER_ARCHIVE;
    tar_index_close(tar);
    return guess;
}

enum image_transport
source_guess(const char *path)
{
    CLEANUP(file_close) int fd = -1;
    unsigned char head[HEAD];
    uint64_t size;

    if (is_layout_folder(path))
        return TRANSPORT_OCI_DIR;
    fd = file_open_regular(path, &size, err_ignored());
    if (fd < 0 || file_read_at(fd, head, HEAD, 0, err_ignored()) < HEAD)
        return TRANSPORT_REGISTRY;
    if (is_compressed(head))
        return TRANSPORT_OCI_ARCHIVE;
    return memcmp(head + MAGIC_AT, "ustar", 5) == 0 ? guess_tar(path)
                                                    : TRANSPORT_REGISTRY;
}
