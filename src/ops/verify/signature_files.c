/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/signature_files.h"

#include "base/mem.h"
#include "bundle/reader/head.h"
#include "io/file/file.h"

#include <stdlib.h>
#include <string.h>

static void
take_members(struct signature_files *e, const struct bundle_untrusted *head)
{
    size_t count = 0;
    const struct signature_file *files = head ? bundle_signatures(head, &count) : NULL;

    for (size_t i = 0; i < count; i++)
        e->items[e->count++] = (struct trust_evidence){
            .name = files[i].name, .bytes = files[i].bytes, .len = files[i].len};
}

static int
add_signature_file(struct signature_files *e, const char *path, struct err *err)
{
    struct buf *bytes = &e->detached[e->detached_count++];
    const char *slash = strrchr(path, '/');

    *bytes = (struct buf)BUF_INIT(BUNDLE_SIGNATURE_MAX);
    if (file_slurp(path, bytes, err) < 0)
        return err_wrap(err, "signature file");
    e->items[e->count++] = (struct trust_evidence){.name = slash ? slash + 1 : path,
                                                   .bytes = bytes->data,
                                                   .len = bytes->len,
                                                   .is_detached = true};
    return 0;
}

int
signature_files_gather(struct signature_files *out, const struct bundle_untrusted *head,
                       const char *const *paths, size_t path_count, struct err *err)
{
    size_t members = 0;

    if (head)
        (void)bundle_signatures(head, &members);
    if (path_count > BUNDLE_SIGNATURES_MAX)
        return err_set(err, ERR_USAGE, "more than %d signature files are given",
                       BUNDLE_SIGNATURES_MAX);
    out->items = xcalloc(members + path_count, sizeof(*out->items));
    out->detached = xcalloc(path_count, sizeof(*out->detached));
    take_members(out, head);
    for (size_t i = 0; i < path_count; i++) {
        if (add_signature_file(out, paths[i], err) < 0)
            return -1;
    }
    return 0;
}

void
signature_files_release(struct signature_files *e)
{
    for (size_t i = 0; i < e->detached_count; i++)
        buf_release(&e->detached[i]);
    free(e->detached);
    free(e->items);
    *e = (struct signature_files)SIGNATURE_FILES_INIT;
}
