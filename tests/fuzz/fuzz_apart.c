/* SPDX-License-Identifier: Apache-2.0 */
/* What the process that verifies a bundle says to the one that started it.  An attacker
 * who took it over can lie, and no more than that: all that is told is well-formed. */
#include "config.h"
#include "base/cancel.h"
#include "tests/fuzz/fuzz.h"

#include "ops/verify/sandboxed_check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
assert_error(const struct err *err)
{
    /* Kinds that a check can end with: callers act on others. */
    assert(err->kind == ERR_INTERNAL || err->kind == ERR_PROTOCOL ||
           err->kind == ERR_INTEGRITY || err->kind == ERR_TRUST ||
           err->kind == ERR_LOCAL || err->kind == ERR_LIMIT || err->kind == ERR_SIGNAL);
    assert(err->kind != ERR_SIGNAL || cancel_catches(err->signal));
    assert(err_exit_code(err) > 0 && err_kind_name(err->kind));
    assert_plain(err->msg);
    assert_plain(err->hint);
    assert_plain(err->subject);
    assert_plain(err->reason ? err_reason_word(err->reason) : "");
}

static void
assert_place(const struct damage *d)
{
    assert(d->offset <= INT64_MAX && d->size <= INT64_MAX - d->offset);
    assert(!d->has_digest || d->digest.alg == DIGEST_SHA256);
    assert_error(&d->err);
}

static void
take_event(void *ctx, const struct event *event)
{
    (void)ctx;
    assert(event->kind <= EVENT_UNDONE && event->unit <= EVENT_ITEMS);
    assert_plain(event->text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t zeros[4096]; /* so that the last piece is a whole one */
    static int fd = -1;               /* making one takes longer than a run */
    const struct events events = {.emit = take_event};
    CLEANUP(damage_list_release) struct damage_list damage = {.items = NULL};
    struct err err = ERR_INIT;
    bool opened = false;
    int rc;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    assert(ftruncate(fd, 0) == 0);
    assert(pwrite(fd, data, size, 0) == (ssize_t)size);
    assert(pwrite(fd, zeros, sizeof(zeros), (off_t)size) == (ssize_t)sizeof(zeros));
    assert(lseek(fd, 0, SEEK_SET) == 0);
    rc = sandboxed_check_listen(&events, fd, &damage, &opened, &err);
    if (rc < 0)
        assert_error(&err);
    assert(rc == 0 || rc == -1 || rc == SANDBOXED_CHECK_BROKE_DOWN);
    assert(damage.count <= DAMAGE_MAX && damage.count <= damage.total);
    assert(damage.total <= INT64_MAX && (damage.count > 0) == (damage.total > 0));
    if (damage.total > 0)
        assert_place(&damage.worst);
    for (size_t i = 0; i < damage.count; i++) {
        assert(i == 0 || damage.items[i - 1].offset <= damage.items[i].offset);
        assert_place(&damage.items[i]);
    }
    return 0;
}
