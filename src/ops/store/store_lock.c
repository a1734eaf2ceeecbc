/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/store/store_lock.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "base/mem.h"
#include "io/file/file.h"
#include "io/file/secure_dir.h"
#include "trust/place.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

enum { RETRY_MS = 20 };

static int
take_store_lock(const char *folder, int *fd, struct err *err)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/lock", folder);
    CLEANUP(file_close)
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct cancel cancel = CANCEL_INIT;
    uint64_t end = clock_ms() + STORE_LOCK_MS;

    if (lock < 0)
        return err_errno(err, "cannot open '%s'", path);
    while (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return err_errno(err, "cannot lock '%s'", path);
        if (clock_ms() >= end)
            return err_set(err, ERR_CONFLICT, "'%s': another run is changing this store",
                           folder);
        if (cancel_sleep(&cancel, RETRY_MS, err) < 0)
            return -1;
    }
    *fd = lock;
    lock = -1;
    return 0;
}

int
store_lock_new(const char *dir, char **folder, int *fd, struct err *err)
{
    CLEANUP(trust_place_release) struct trust_place place = TRUST_PLACE_INIT;

    trust_place_find(&place, dir);
    if (secure_dir_make(place.dir, err) < 0 || secure_dir_check(place.dir, err) < 0 ||
        take_store_lock(place.dir, fd, err) < 0)
        return -1;
    *folder = place.dir;
    place.dir = NULL;
    return 0;
}

int
store_lock_present(const char *dir, int *fd, struct err *err)
{
    CLEANUP(trust_place_release) struct trust_place place = TRUST_PLACE_INIT;

    trust_place_find(&place, dir);
    if (secure_dir_check(place.dir, err_ignored()) < 0)
        return 0;
    return take_store_lock(place.dir, fd, err);
}
