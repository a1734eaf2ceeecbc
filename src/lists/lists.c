/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/lists.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/file/file.h"
#include "io/file/file_tree.h"
#include "lists/kubernetes.h"
#include "lists/list_format.h"
#include "oci/reference_lines.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One path that was given: a file, or a folder with all that is read in it. */
struct list_path {
    const struct list_reader *reader;
    const char *path;
    bool is_taken_for[LIST_FORMATS];
    size_t files, names; /* names: with one for each place */
};

/* ---- documents ---- */

static int
read_document(struct list_path *p, struct finder *f, const struct yml *root,
              struct err *err)
{
    const struct kubernetes_options kubernetes = {.helm_tests = p->reader->helm_tests};
    enum list_format format = list_format_of(root);

    if (root->kind == YML_TEXT && root->count == 0) /* nothing between two "---" */
        return 0;
    p->is_taken_for[format] = true;
    return kubernetes_read(f, root, &kubernetes, err);
}

/* A document that cannot be parsed. */
static void
refuse_document(const struct finder *f, const struct yml_stream *s, const char *text,
                size_t len, struct err *why)
{
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
        .events = r->events,
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
    if (rc == 0)
        return 0;
    if (why.kind == ERR_LIMIT) {
        *err = why;
        return err_wrap(err, "%s:%zu", name, yml_error_line(s));
    }
    refuse_document(&f, s, text, len, &why);
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
    char name[REFERENCE_TEXT_MAX];

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
read_text(struct list_path *p, const char *name, const struct buf *text, struct err *err)
{
    const char *data = text->data ? text->data : "";

    p->files++;
    return list_format_is_yaml(data, text->len)
               ? read_documents(p, name, data, text->len, err)
               : read_lines(p, name, data, text->len, err);
}

static int
read_file(struct list_path *p, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(YML_BYTES_MAX);

    return file_slurp(path, &text, err) < 0
               ? -1
               : read_text(p, strcmp(path, "-") == 0 ? "standard input" : path, &text,
                           err);
}

/* ---- folders ---- */

static bool
may_name_images(const char *name)
{
    static const char *const ends[] = {".yaml", ".yml", ".json"};
    size_t len = strlen(name);

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        size_t n = strlen(ends[i]);

        if (len > n && text_same_nocase(name + len - n, n, ends[i]))
            return true;
    }
    return false;
}

static int
read_folder(struct list_path *p, const char *path, struct err *err)
{
    CLEANUP(file_tree_release) struct file_tree tree = FILE_TREE_INIT;

    if (file_tree_list(&tree, path, err) < 0)
        return -1;
    for (size_t i = 0; i < tree.count; i++) {
        if (may_name_images(tree.paths[i]) && read_file(p, tree.paths[i], err) < 0)
            return -1;
    }
    return 0;
}

/* "app.yaml: Kubernetes manifests: 5 images" */
static void
note_path(const struct list_path *p, const char *name, size_t before)
{
    CLEANUP(buf_release) struct buf line = BUF_INIT(1000);
    char count[TEXT_COUNT_MAX], files[TEXT_COUNT_MAX];
    const char *between = "";

    for (size_t i = 0; i < LIST_FORMATS; i++) {
        if (!p->is_taken_for[i])
            continue;
        (void)!buf_addf(&line, "%s%s", between, list_format_name((enum list_format)i));
        between = ", ";
    }
    text_count(files, p->files, "file", "files");
    if (p->reader->lines && p->is_taken_for[LIST_LINES] && p->files == 1)
        return;
    events_note(
        p->reader->events, "%s: %s%s%s: %s", name, p->files != 1 ? files : "",
        p->files != 1 ? ", " : "", line.data ? line.data : "empty",
        text_count(count, p->reader->found->count - before, "new name", "new names"));
}

int
lists_read(const struct list_reader *r, const char *path, struct err *err)
{
    struct list_path p = {.reader = r, .path = path};
    const size_t before = r->found->count;
    struct stat st;
    int rc;

    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        rc = read_folder(&p, path, err);
    else
        rc = read_file(&p, path, err);
    if (rc < 0)
        return -1;
    note_path(&p, strcmp(path, "-") == 0 ? "standard input" : path, before);
    return 0;
}
