/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/lists.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/archive/tar_index.h"
#include "io/file/file.h"
#include "io/file/file_tree.h"
#include "lists/chart.h"
#include "lists/compose.h"
#include "lists/kubernetes.h"
#include "lists/list_format.h"
#include "lists/sync_lists.h"
#include "lists/typed_lists.h"
#include "oci/reference_lines.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHART_FILE          "Chart.yaml"
#define VARIABLES_BYTES_MAX (1U << 20) /* of a file */

/* One path that was given: a file, or a folder or chart with all that is read in it. */
struct list_path {
    const struct list_reader *reader;
    const char *base_name; /* for messages */
    bool is_taken_for[LIST_FORMATS];
    bool is_folder;         /* with files that others have put there, too */
    bool defines_resources; /* for an operator */
    bool is_subchart;       /* the file is that of a chart within one */
    size_t files;
};

/* ---- documents ---- */

static int
read_chart(struct list_path *p, struct finder *f, const struct yml *root, struct err *err)
{
    int rc = chart_read(f, root, err);

    if (rc == 0 && !p->is_subchart && !chart_is_library(root))
        chart_refuse(f, root);
    return rc < 0 ? -1 : 0;
}

static int
read_variables(struct compose_variables *v, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(VARIABLES_BYTES_MAX);

    if (file_slurp(path, &text, err) < 0)
        return -1;
    return compose_variables_add(v, text.data ? text.data : "", text.len, err) < 0
               ? err_wrap(err, "%s", path)
               : 0;
}

/* ".env" in the folder of a file. */
static int
read_own_variables(struct compose_variables *v, const char *file, struct err *err)
{
    const char *slash = strrchr(file, '/');
    CLEANUP(mem_free_string)
    char *path = xasprintf("%.*s.env", slash ? (int)(slash + 1 - file) : 0, file);

    return file_is_regular(path) ? read_variables(v, path, err) : 0;
}

static int
read_compose(const struct list_reader *r, struct finder *f, const struct yml *root,
             struct err *err)
{
    CLEANUP(compose_variables_release)
    struct compose_variables variables = {.environment = r->environment};
    const struct compose_options options = {
        .profiles = r->profiles,
        .profile_count = r->profile_count,
        .variables = &variables,
    };

    if (r->env_file_count == 0 && read_own_variables(&variables, f->file, err) < 0)
        return -1;
    for (size_t i = 0; i < r->env_file_count; i++) {
        if (read_variables(&variables, r->env_files[i], err) < 0)
            return -1;
    }
    return compose_read(f, root, &options, err);
}

static int
read_document(struct list_path *p, struct finder *f, const struct yml *root,
              struct err *err)
{
    const struct kubernetes_options kubernetes = {.helm_tests = p->reader->helm_tests};
    enum list_format format = list_format_of(root);

    if (root->kind == YML_TEXT && root->count == 0) /* nothing between two "---" */
        return 0;
    p->is_taken_for[format] = true;
    switch (format) {
    case LIST_CHART:
        return read_chart(p, f, root, err);
    case LIST_KUSTOMIZATION:
        return kustomization_read(f, root, err) < 0
                   ? -1
                   : kubernetes_read(f, root, &kubernetes, err);
    case LIST_IMAGES_LOCK:
    case LIST_HAULER:
    case LIST_OC_MIRROR:
    case LIST_ZARF:
    case LIST_NAMES:
        return typed_list_read(f, root, format, err);
    case LIST_REGSYNC:
        return regsync_read(f, root, err);
    case LIST_SKOPEO_SYNC:
        return skopeo_sync_read(f, root, err);
    case LIST_COMPOSE:
        return read_compose(p->reader, f, root, err);
    case LIST_KUBERNETES:
    case LIST_YAML:
    case LIST_LINES:
    case LIST_FORMATS:
    default:
        return kubernetes_read(f, root, &kubernetes, err);
    }
}

/* Whether a text has a word that comes with images; otherwise nothing is lost. */
static bool
may_have_images(const char *text, size_t len)
{
    return memmem(text, len, "image", 5) || memmem(text, len, "Image", 5) ||
           memmem(text, len, "kind", 4);
}

/* A document that cannot be parsed. */
static void
refuse_document(const struct list_path *p, const struct finder *f,
                const struct yml_stream *s, const char *text, size_t len, struct err *why)
{
    if (p->is_folder && !may_have_images(text, len)) {
        events_note(f->events, "%s:%zu: left out: %s", f->file, yml_error_line(s),
                    why->msg);
        return;
    }
    if (why->kind == ERR_USAGE && memmem(text, len, "{{", 2))
        err_because(why, ERR_USAGE, REASON_TEMPLATE, "a template that is not rendered");
    err_wrap(why, "%s:%zu", f->file, yml_error_line(s));
    err_list_add(f->bad, why);
}

static int
read_documents(struct list_path *p, const char *name, const char *text, size_t len,
               struct err *err)
{
    const struct list_reader *r = p->reader;
    CLEANUP(yml_release) struct yml_stream *s = yml_open(text, len);
    struct finder f = {
        .found = r->found,
        .ignore = r->ignore,
        .events = &r->run->events,
        .bad = r->bad,
        .file = found_list_file(r->found, name),
    };
    const struct yml *root;
    struct err why = ERR_INIT;
    int rc;

    while ((rc = yml_next(s, &root, &why)) == 1) {
        f.document++;
        if (read_document(p, &f, root, err) < 0)
            return -1;
    }
    p->defines_resources |= f.defines_resources;
    if (rc == 0)
        return 0;
    if (why.kind == ERR_LIMIT) {
        *err = why;
        return err_wrap(err, "%s:%zu", name, yml_error_line(s));
    }
    refuse_document(p, &f, s, text, len, &why);
    return 0;
}

/* ---- lines ---- */

struct line_sink {
    const struct list_reader *reader;
    const char *file;
};

/* For reference_list: add to the found names instead. */
static int
take_line(void *ctx, const char *text, size_t len, const struct reference_place *place,
          struct err *err)
{
    const struct line_sink *sink = ctx;
    struct reference ref;
    char name[FOUND_NAME_MAX];

    if (reference_parse(&ref, text, len, err) < 0)
        return -1;
    found_name(&ref, name);
    if (name_filter_matches(sink->reader->ignore, name))
        return 1;
    if (found_list_add(sink->reader->found, &ref,
                       &(struct found_place){.file = sink->file,
                                             .line = place->line,
                                             .confidence = CONFIDENCE_SURE,
                                             .kind = "",
                                             .object = "",
                                             .path = ""},
                       err) < 0)
        return -1;
    return 1;
}

static int
read_lines(struct list_path *p, const char *name, const char *text, size_t len,
           struct err *err)
{
    const struct list_reader *r = p->reader;
    struct line_sink sink = {.reader = r, .file = found_list_file(r->found, name)};
    struct reference_list lines = {.take = take_line, .take_ctx = &sink};

    p->is_taken_for[LIST_LINES] = true;
    return reference_lines_add(r->lines ? r->lines : &lines, text, len, sink.file, r->bad,
                               err);
}

/* ---- files ---- */

static int
read_text(struct list_path *p, const char *name, const char *text, size_t len,
          struct err *err)
{
    p->files++;
    return list_format_is_yaml(text, len) ? read_documents(p, name, text, len, err)
                                          : read_lines(p, name, text, len, err);
}

static int
read_bytes(struct list_path *p, const char *name, const struct buf *bytes,
           struct err *err)
{
    return read_text(p, name, bytes->data ? bytes->data : "", bytes->len, err);
}

static int
read_file(struct list_path *p, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(YML_BYTES_MAX);

    return file_slurp(path, &text, err) < 0 ? -1
                                            : read_bytes(p, p->base_name, &text, err);
}

/* ---- folders ---- */

static bool
ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);

    return len >= n && text_same_nocase(text + len - n, n, end);
}

static int
compare_path_key(const void *key, const void *item)
{
    return strcmp(key, *(char *const *)item);
}

/* Whether the path is below that folder next to a Chart.yaml. */
static bool
is_below_chart(const struct file_tree *tree, const char *path, const char *folder)
{
    for (const char *at = path; (at = strstr(at, folder)); at++) {
        CLEANUP(mem_free_string)
        char *chart = xasprintf("%.*s/" CHART_FILE, (int)(at - path), path);

        if (bsearch(chart, tree->paths, tree->count, sizeof(char *), compare_path_key))
            return true;
    }
    return false;
}

/* Whether every line of a text that counts is a complete reference. */
static bool
is_list_of_references(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len;) {
        const char *end = memchr(text + i, '\n', len - i);
        size_t next = end ? (size_t)(end - text) : len, stop = next;
        struct reference ref;

        while (stop > i && strchr(" \t\r", text[stop - 1]))
            stop--;
        if (stop > i && text[i] != '#') {
            if (!finder_is_complete(&ref, text + i, stop - i))
                return false;
            count++;
        }
        i = next + 1;
    }
    return count > 0;
}

/* Here the name says which files are YAML: not all of them are manifests. */
static int
read_member_file(struct list_path *p, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(YML_BYTES_MAX);
    bool is_yaml =
        ends_with(path, ".yaml") || ends_with(path, ".yml") || ends_with(path, ".json");
    const char *data;

    if (!is_yaml && !ends_with(path, ".txt"))
        return 0;
    if (file_slurp(path, &text, err) < 0)
        return -1;
    data = text.data ? text.data : "";
    if (is_list_of_references(data, text.len))
        return read_bytes(p, path, &text, err);
    p->files += is_yaml;
    return is_yaml ? read_documents(p, path, data, text.len, err) : 0;
}

static int
read_folder(struct list_path *p, const char *path, struct err *err)
{
    CLEANUP(file_tree_release) struct file_tree tree = FILE_TREE_INIT;
    size_t templates = 0;

    p->is_folder = true;
    if (file_tree_list(&tree, path, err) < 0)
        return -1;
    for (size_t i = 0; i < tree.count; i++) {
        p->is_subchart =
            strstr(tree.paths[i], "/charts/") != NULL && !ends_with(path, "/charts/");
        if (is_below_chart(&tree, tree.paths[i], "/templates/"))
            templates++;
        else if (!is_below_chart(&tree, tree.paths[i], "/tests/") &&
                 read_member_file(p, tree.paths[i], err) < 0)
            return -1;
    }
    if (templates > 0)
        events_note(&p->reader->run->events,
                    "%s: %zu templates of charts are not rendered, and not read", path,
                    templates);
    return 0;
}

/* ---- packed charts ---- */

/* "web/Chart.yaml", "web/charts/db/values.yaml" */
static int
read_chart_member(struct list_path *p, const struct tar_index *tar,
                  const struct tar_member *m, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(YML_BYTES_MAX);
    CLEANUP(mem_free_string) char *name = xasprintf("%s:%s", p->base_name, m->name);

    if (!ends_with(m->name, "/" CHART_FILE) && !ends_with(m->name, "/values.yaml"))
        return 0;
    p->is_subchart = strstr(m->name, "/charts/") != NULL;
    if (tar_index_slurp(tar, m, &text, err) < 0)
        return err_wrap(err, "%s", name);
    return read_bytes(p, name, &text, err);
}

static int
read_packed_chart(struct list_path *p, const char *path, struct err *err)
{
    struct tar_index *tar;
    bool is_taken;
    int rc = 0;

    if (tar_index_open(&tar, path, NULL, p->reader->run, err) < 0)
        return err_wrap(err, "%s", path);
    for (size_t i = 0; rc == 0 && i < tar_index_count(tar); i++)
        rc = read_chart_member(p, tar, tar_index_at(tar, i), err);
    tar_index_close(tar);
    is_taken = p->is_taken_for[LIST_CHART];
    return rc == 0 && !is_taken
               ? err_set(err, ERR_USAGE, "%s: not a Helm chart, and no text", path)
               : rc;
}

/* Whether a file is compressed with gzip, as charts are. */
static bool
is_packed(const char *path)
{
    static const unsigned char magic[] = {0x1f, 0x8b};
    unsigned char head[sizeof(magic)];
    uint64_t size;
    CLEANUP(file_close) int fd = file_open_regular(path, &size, err_ignored());

    return fd >= 0 &&
           file_read_at(fd, head, sizeof(head), 0, err_ignored()) == sizeof(head) &&
           memcmp(head, magic, sizeof(head)) == 0;
}

/* ---- what was given ---- */

/* "app.yaml: Kubernetes manifests: 5 new names" */
static void
note_path(const struct list_path *p, size_t before)
{
    CLEANUP(buf_release) struct buf line = BUF_INIT(1000);
    char count[TEXT_COUNT_MAX], files[TEXT_COUNT_MAX];
    const char *between = "";
    size_t names = 0;

    for (size_t i = before; i < p->reader->found->count; i++)
        names += p->reader->found->items[i]->confidence >= CONFIDENCE_LIKELY;
    for (size_t i = 0; i < LIST_FORMATS; i++) {
        if (!p->is_taken_for[i])
            continue;
        (void)!buf_addf(&line, "%s%s", between, list_format_name((enum list_format)i));
        between = ", ";
    }
    text_count(files, p->files, "file", "files");
    if (p->reader->lines && p->is_taken_for[LIST_LINES] && p->files == 1)
        return;
    events_note(&p->reader->run->events, "%s: %s%s%s: %s", p->base_name,
                p->files != 1 ? files : "", p->files != 1 ? ", " : "",
                line.data ? line.data : "no names",
                text_count(count, names, "new name", "new names"));
    if (p->defines_resources)
        events_note(
            &p->reader->run->events,
            "%s: defines custom resources: images that are built into an operator "
            "are in no file",
            p->base_name);
}

int
lists_read(const struct list_reader *r, const char *path, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct list_path p = {.reader = r, .base_name = is_stdin ? "standard input" : path};
    const size_t before = r->found->count;
    struct stat st;
    int rc;

    if (!is_stdin && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        rc = read_folder(&p, path, err);
    else if (!is_stdin && is_packed(path))
        rc = read_packed_chart(&p, path, err);
    else
        rc = read_file(&p, path, err);
    if (rc < 0)
        return -1;
    note_path(&p, before);
    return 0;
}

int
lists_read_text(const struct list_reader *r, const char *name, const char *text,
                size_t len, struct err *err)
{
    struct list_path p = {.reader = r, .base_name = name};

    return read_text(&p, name, text, len, err);
}
