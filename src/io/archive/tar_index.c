/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/archive/tar_index.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/archive/tar_unpack.h"
#include "io/crypto/hash.h"
#include "io/file/file.h"
#include "io/file/scratch.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 64 << 10,       /* bytes read at a time */
    NAME_BLOCK = 256 << 10, /* bytes of names allocated at a time, at least */
    LINK_STEPS_MAX = 8,     /* links to links */
};

/* In a slot: several members have this name, and which one is meant cannot be known. */
#define DOUBLED (UINT32_C(1) << 31)

/* Names stay where they are, so members and tables can point at them. */
struct name_block {
    struct name_block *next;
    size_t used, size;
    char bytes[];
};

struct tar_link {
    const char *name, *target; /* target: a name in this archive */
};

struct tar_index {
    int fd;
    uint64_t size; /* bytes of the plain archive */
    struct tar_member *members;
    size_t count, cap;
    struct tar_link *links;
    size_t link_count, link_cap;
    size_t headers, name_bytes;
    struct name_block *names;
    uint64_t key;    /* random: names cannot be chosen to collide */
    uint32_t *slots; /* open addressing: 0, or 1 + the index of a member, and DOUBLED */
    uint32_t mask;
};

/* ---- names ---- */

static char *
keep_name(struct tar_index *t, const char *text, size_t len)
{
    struct name_block *b = t->names;
    char *copy;

    if (!b || b->size - b->used <= len) {
        size_t size = len + 1 > NAME_BLOCK ? len + 1 : NAME_BLOCK;

        b = xmalloc(sizeof(*b) + size);
        *b = (struct name_block){.next = t->names, .size = size};
        t->names = b;
    }
    copy = b->bytes + b->used;
    memcpy(copy, text, len);
    copy[len] = '\0';
    b->used += len + 1;
    t->name_bytes += len + 1;
    return copy;
}

static const char *
without_dot_slash(const char *name)
{
    while (name[0] == '.' && name[1] == '/') {
        name += 2;
        while (*name == '/')
            name++;
    }
    return name;
}

/* Whether it names something below the root, in the one way that is looked up. */
static bool
is_plain_name(const char *name)
{
    if (name[0] == '\0' || name[0] == '/')
        return false;
    for (const char *p = name; p; p = strchr(p, '/')) {
        p += *p == '/';
        if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || p[2] == '\0'))
            return false;
    }
    return true;
}

/* One component of a path that is built in out, which holds *len bytes. */
static bool
append_component(char *out, size_t *len, const char *part, size_t n)
{
    if (n == 0 || (n == 1 && part[0] == '.'))
        return true;
    if (n == 2 && part[0] == '.' && part[1] == '.') {
        if (*len == 0)
            return false;
        while (*len > 0 && out[--*len] != '/')
            ;
        return true;
    }
    if (*len > 0)
        out[(*len)++] = '/';
    memcpy(out + *len, part, n);
    *len += n;
    return true;
}

/*
 * Where a symbolic link leads, by its text alone.
 * Returns: a new string, or NULL when that is outside the archive.
 */
static char *
link_target(const char *name, const char *to)
{
    const char *slash = strrchr(name, '/');
    const char *parts[] = {name, to};
    size_t lens[] = {slash ? (size_t)(slash - name) : 0, strlen(to)}, len = 0;
    char *out;

    if (to[0] == '/')
        return NULL;
    out = xmalloc(lens[0] + lens[1] + 2);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        for (size_t at = 0; at < lens[i]; at++) {
            const char *end = memchr(parts[i] + at, '/', lens[i] - at);
            size_t n = end ? (size_t)(end - parts[i]) - at : lens[i] - at;

            if (!append_component(out, &len, parts[i] + at, n)) {
                free(out);
                return NULL;
            }
            at += n;
        }
    }
    out[len] = '\0';
    return out;
}

/* ---- the table ---- */

static uint64_t
hash_name(const struct tar_index *t, const char *name)
{
    uint64_t h = t->key;

    for (; *name != '\0'; name++) {
        h = (h ^ (unsigned char)*name) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return h;
}

/* The member of a slot that is not empty. */
static struct tar_member *
slot_member(const struct tar_index *t, uint32_t slot)
{
    return &t->members[(slot & ~DOUBLED) - 1];
}

/* The slot of a name: that of its member, or an empty one. */
static uint32_t *
name_slot(const struct tar_index *t, const char *name)
{
    uint32_t at = (uint32_t)hash_name(t, name) & t->mask;

    while (t->slots[at] != 0 && strcmp(slot_member(t, t->slots[at])->name, name) != 0)
        at = (at + 1) & t->mask;
    return &t->slots[at];
}

static void
enter_member(struct tar_index *t, size_t i)
{
    uint32_t *slot = name_slot(t, t->members[i].name);

    if (*slot == 0)
        *slot = (uint32_t)i + 1;
    else
        *slot |= DOUBLED;
}

static void
add_member(struct tar_index *t, const struct tar_member *m)
{
    t->members = mem_grow(t->members, t->count, &t->cap, sizeof(*t->members));
    t->members[t->count++] = *m;
}

/* Room for all members and links, half of it empty. */
static int
make_table(struct tar_index *t, struct err *err)
{
    size_t slots = 16;

    while (slots < 2 * (t->count + t->link_count))
        slots *= 2;
    t->slots = xcalloc(slots, sizeof(*t->slots));
    t->mask = (uint32_t)slots - 1;
    if (random_bytes(&t->key, sizeof(t->key), err) < 0)
        return -1;
    for (size_t i = 0; i < t->count; i++)
        enter_member(t, i);
    return 0;
}

/* Links may come before what they lead to, and lead to other links. */
static void
resolve_links(struct tar_index *t)
{
    bool found = true;

    for (unsigned step = 0; found && step < LINK_STEPS_MAX; step++) {
        size_t before = t->count;

        found = false;
        for (size_t i = 0; i < t->link_count; i++) {
            struct tar_link *l = &t->links[i];
            uint32_t slot = l->name ? *name_slot(t, l->target) : 0;
            struct tar_member m;

            /* One added in this round is left for the next, doubled names for good. */
            if (slot == 0 || slot > before)
                continue;
            m = *slot_member(t, slot);
            m.name = l->name;
            add_member(t, &m);
            enter_member(t, t->count - 1);
            l->name = NULL; /* done */
            found = true;
        }
    }
    free(t->links);
    t->links = NULL;
}

/* ---- reading headers ---- */

struct header_scan {
    struct tar_index *t;
    struct run *run;
    struct archive *a;
    char *piece;
    uint64_t at;         /* where the next bytes are read */
    uint64_t header_end; /* a header must end before it; UINT64_MAX within a body */
    struct err *err;
    bool failed; /* *err is set */
};

static void
header_scan_release(struct header_scan *s)
{
    archive_read_free(s->a);
    free(s->piece);
}

static la_ssize_t
read_headers(struct archive *a, void *ctx, const void **out)
{
    struct header_scan *s = ctx;
    ssize_t n;

    (void)a;
    *out = s->piece;
    if (cancel_wanted(&s->run->cancel))
        n = cancel_error(s->err);
    else if (s->at > s->header_end)
        n = err_because(s->err, ERR_LIMIT, REASON_HEADER,
                        "a member has more than %u KiB of headers",
                        TAR_INDEX_HEADERS_MAX >> 10);
    else
        n = file_read_at(s->t->fd, s->piece, PIECE, s->at, s->err);
    s->failed = n < 0;
    if (n < 0)
        return ARCHIVE_FATAL;
    s->at += (uint64_t)n;
    return n;
}

static la_int64_t
skip_body_bytes(struct archive *a, void *ctx, la_int64_t request)
{
    struct header_scan *s = ctx;
    uint64_t left = s->at < s->t->size ? s->t->size - s->at : 0;
    uint64_t n = (uint64_t)request < left ? (uint64_t)request : left;

    (void)a;
    s->at += n;
    return (la_int64_t)n;
}

static int
header_error(struct header_scan *s)
{
    const char *text = archive_error_string(s->a);
    char safe[TEXT_SAFE_MAX];

    if (s->failed)
        return -1;
    if (s->t->headers == 0)
        return err_because(s->err, ERR_INTEGRITY, REASON_FORMAT, "not a tar archive");
    text_safe(safe, text ? text : "unknown", text ? strlen(text) : 7);
    return err_because(s->err, ERR_INTEGRITY,
                       text_contains_nocase(safe, "truncated") ? REASON_TRUNCATED
                                                               : REASON_HEADER,
                       "malformed tar: %s", safe);
}

static int
count_header(struct tar_index *t, size_t bytes, struct err *err)
{
    if (++t->headers > TAR_INDEX_MEMBERS_MAX)
        return err_set(err, ERR_LIMIT, "more than %u members", TAR_INDEX_MEMBERS_MAX);
    if (t->name_bytes + bytes > TAR_INDEX_NAMES_MAX)
        return err_set(err, ERR_LIMIT, "the names of its members exceed %u MiB",
                       TAR_INDEX_NAMES_MAX >> 20);
    return 0;
}

static void
note_link(struct tar_index *t, const char *name, const char *to, bool is_symbolic)
{
    char *target = is_symbolic ? link_target(name, to) : xstrdup(without_dot_slash(to));

    if (target && is_plain_name(target)) {
        t->links = mem_grow(t->links, t->link_count, &t->link_cap, sizeof(*t->links));
        t->links[t->link_count++] =
            (struct tar_link){.name = keep_name(t, name, strlen(name)),
                              .target = keep_name(t, target, strlen(target))};
    }
    free(target);
}

/* What is neither a file nor a link, or has no name that could be looked up, is left
 * out. */
static int
note_entry(struct header_scan *s, struct archive_entry *e)
{
    struct tar_index *t = s->t;
    const char *name = archive_entry_pathname(e);
    const char *hard = archive_entry_hardlink(e), *soft = archive_entry_symlink(e);
    const char *to = hard ? hard : soft;
    uint64_t size = (uint64_t)archive_entry_size(e);
    uint64_t offset = (uint64_t)archive_filter_bytes(s->a, -1);
    struct tar_member m;

    /* A link is kept with its own name and that of its target, relative to it. */
    if (count_header(t, (name ? 2 * strlen(name) : 0) + (to ? strlen(to) : 0) + 3,
                     s->err) < 0)
        return -1;
    if (!name)
        return 0;
    name = without_dot_slash(name);
    if (!is_plain_name(name))
        return 0;
    if (to) {
        note_link(t, name, to, !hard);
        return 0;
    }
    if (archive_entry_filetype(e) != AE_IFREG || archive_entry_sparse_count(e) > 0)
        return 0;
    if (offset > t->size || size > t->size - offset)
        return err_because(s->err, ERR_INTEGRITY, REASON_TRUNCATED,
                           "truncated: the file ends within a member");
    m = (struct tar_member){.name = keep_name(t, name, strlen(name)),
                            .offset = offset,
                            .size = size,
                            .body = t->count};
    add_member(t, &m);
    return 0;
}

static int
next_entry(struct header_scan *s, struct archive_entry **e)
{
    int rc;

    s->header_end = s->at + TAR_INDEX_HEADERS_MAX;
    rc = archive_read_next_header(s->a, e);
    s->header_end = UINT64_MAX;
    return rc;
}

static bool
open_header_scan(struct header_scan *s)
{
    return s->a && archive_read_support_format_tar(s->a) == ARCHIVE_OK &&
           archive_read_open2(s->a, s, NULL, read_headers, skip_body_bytes, NULL) ==
               ARCHIVE_OK;
}

static int
scan_all_headers(struct tar_index *t, struct run *run, struct err *err)
{
    CLEANUP(header_scan_release)
    struct header_scan s = {.t = t,
                            .run = run,
                            .a = archive_read_new(),
                            .piece = xmalloc(PIECE),
                            .header_end = UINT64_MAX,
                            .err = err};
    struct archive_entry *e;
    int rc;

    if (!open_header_scan(&s))
        return header_error(&s);
    /* A warning concerns the character set of a name: such names are not looked up. */
    while ((rc = next_entry(&s, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
        if (note_entry(&s, e) < 0)
            return -1;
        rc = archive_read_data_skip(s.a);
        if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            return header_error(&s);
    }
    return rc == ARCHIVE_EOF ? 0 : header_error(&s);
}

/* ---- opening and reading ---- */

static int
open_plain(struct tar_index *t, const char *path, const char *work_dir, struct run *run,
           struct err *err)
{
    bool packed;
    int fd;

    t->fd = file_open_regular(path, &t->size, err);
    if (t->fd < 0 || tar_unpack_is_packed(t->fd, &packed, err) < 0)
        return -1;
    if (!packed)
        return 0;
    fd = tar_unpack(t->fd, t->size, scratch_folder(work_dir), run, &t->size, err);
    if (fd < 0)
        return -1;
    file_close(&t->fd);
    t->fd = fd;
    return 0;
}

static void
close_index(struct tar_index **t)
{
    tar_index_close(*t);
}

int
tar_index_open(struct tar_index **out, const char *path, const char *work_dir,
               struct run *run, struct err *err)
{
    CLEANUP(close_index) struct tar_index *t = xcalloc(1, sizeof(*t));

    t->fd = -1;
    if (open_plain(t, path, work_dir, run, err) < 0)
        return -1;
    if (scan_all_headers(t, run, err) < 0 || make_table(t, err) < 0)
        return -1;
    resolve_links(t);
    *out = t;
    t = NULL;
    return 0;
}

void
tar_index_close(struct tar_index *t)
{
    if (!t)
        return;
    while (t->names) {
        struct name_block *next = t->names->next;

        free(t->names);
        t->names = next;
    }
    file_close(&t->fd);
    free(t->members);
    free(t->links);
    free(t->slots);
    free(t);
}

const struct tar_member *
tar_index_find(const struct tar_index *t, const char *name)
{
    uint32_t slot = *name_slot(t, name);

    return slot == 0 || (slot & DOUBLED) ? NULL : slot_member(t, slot);
}

const struct tar_member *
tar_index_require(const struct tar_index *t, const char *name, struct err *err)
{
    uint32_t slot = *name_slot(t, name);
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, name, strlen(name));
    if (slot == 0)
        err_because(err, ERR_INTEGRITY, REASON_MISSING, "no member '%s'", safe);
    else if (slot & DOUBLED)
        err_because(err, ERR_INTEGRITY, REASON_DUPLICATE,
                    "the member '%s' is there more than once", safe);
    else
        return slot_member(t, slot);
    return NULL;
}

size_t
tar_index_count(const struct tar_index *t)
{
    return t->count;
}

const struct tar_member *
tar_index_at(const struct tar_index *t, size_t i)
{
    return &t->members[i];
}

ssize_t
tar_index_read(const struct tar_index *t, const struct tar_member *m, void *out,
               size_t len, uint64_t offset, struct err *err)
{
    uint64_t left = offset < m->size ? m->size - offset : 0;
    size_t want = len < left ? len : (size_t)left;
    ssize_t n = file_read_at(t->fd, out, want, m->offset + offset, err);

    if (n < 0 || (size_t)n == want)
        return n;
    return err_because(err, ERR_INTEGRITY, REASON_TRUNCATED,
                       "the archive was shortened while it was read");
}

int
tar_index_slurp(const struct tar_index *t, const struct tar_member *m, struct buf *out,
                struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    if (m->size > out->max) {
        text_safe(safe, m->name, strlen(m->name));
        return err_set(err, ERR_LIMIT, "the member '%s' is larger than %zu bytes", safe,
                       out->max);
    }
    if (buf_resize(out, (size_t)m->size) < 0)
        mem_exhausted();
    return tar_index_read(t, m, out->data, out->len, 0, err) < 0 ? -1 : 0;
}
