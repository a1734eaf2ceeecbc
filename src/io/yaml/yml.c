/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/yaml/yml.h"

#include "base/mem.h"
#include "base/text_safe.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { CHUNK = 64 << 10 }; /* bytes of memory that are allocated at a time */

/* ---- memory of one document ---- */

struct yml_chunk {
    struct yml_chunk *next;
    size_t used, size;
    max_align_t bytes[];
};

static void
free_chunks(struct yml_chunk **chunks)
{
    while (*chunks) {
        struct yml_chunk *next = (*chunks)->next;

        free(*chunks);
        *chunks = next;
    }
}

static void *
chunk_alloc(struct yml_chunk **chunks, size_t size)
{
    struct yml_chunk *c = *chunks;
    void *out;

    size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (!c || c->size - c->used < size) {
        size_t room = size > CHUNK ? size : CHUNK;

        c = xmalloc(sizeof(*c) + room);
        *c = (struct yml_chunk){.next = *chunks, .size = room};
        *chunks = c;
    }
    out = (char *)c->bytes + c->used;
    c->used += size;
    return out;
}

/* ---- a stream ---- */

/* What walking a node visits, through every alias. */
struct yml_size {
    uint64_t nodes, text;
    unsigned depth; /* levels of it, at least 1 */
};

struct yml_anchor {
    char *name;
    const struct yml *node; /* NULL: still open, so an alias of it is a cycle */
    struct yml_size size;
};

/* A list or map whose end has not been read. */
struct yml_open_node {
    struct yml *node;
    size_t first;  /* of its children */
    size_t anchor; /* index + 1, 0: none */
    struct yml_size size;
};

struct yml_stream {
    yaml_parser_t parser;
    const char *text;
    char *copy; /* owned, or NULL: text is the caller's */
    size_t len;
    size_t begin, lines; /* where the parser began, and lines before that */
    bool is_json;        /* the text begins with '{' or '[' */
    bool has_begun, has_ended;
    size_t documents, aliases, error_line;
    struct yml_chunk *chunks;
    struct yml_anchor *anchors;
    size_t anchor_count, anchor_cap;
    const struct yml **children; /* of all open nodes, the innermost last */
    size_t child_count, child_cap;
    struct yml_open_node open[YML_DEPTH_MAX];
    size_t depth;
};

static size_t
skip_white(const char *text, size_t i, size_t len)
{
    while (i < len &&
           (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n'))
        i++;
    return i;
}

static bool
begins_json(const char *text, size_t i, size_t len)
{
    return i < len && (text[i] == '{' || text[i] == '[');
}

/* Whether a '\\' at i begins the escape of a surrogate. */
static bool
is_surrogate(const char *text, size_t i, size_t len)
{
    return i + 6 <= len && text[i + 1] == 'u' && (text[i + 2] | 0x20) == 'd' &&
           strchr("89abcdefABCDEF", text[i + 3]) && text[i + 3] != '\0';
}

/* A copy without escapes of surrogates, or NULL: there are none. */
static char *
without_surrogates(const char *text, size_t len)
{
    char *copy = NULL;

    for (size_t i = 0; i + 1 < len;) {
        if (text[i] != '\\') {
            const char *next = memchr(text + i, '\\', len - i);

            i = next ? (size_t)(next - text) : len;
            continue;
        }
        if (is_surrogate(text, i, len)) {
            if (!copy) {
                copy = xmalloc(len);
                memcpy(copy, text, len);
            }
            memcpy(copy + i, "\\ufffd", 6);
        }
        i += 2;
    }
    return copy;
}

/* Read on from a place in the text. */
static void
begin_parser(struct yml_stream *s, size_t begin)
{
    s->begin = begin;
    if (!yaml_parser_initialize(&s->parser))
        mem_exhausted();
    yaml_parser_set_input_string(&s->parser, (const unsigned char *)s->text + begin,
                                 s->len - begin);
}

struct yml_stream *
yml_open(const char *text, size_t len)
{
    struct yml_stream *s = xcalloc(1, sizeof(*s));

    s->is_json = begins_json(text, skip_white(text, 0, len), len);
    if (s->is_json && len <= YML_BYTES_MAX)
        s->copy = without_surrogates(text, len);
    s->text = s->copy ? s->copy : text;
    s->len = len;
    begin_parser(s, 0);
    return s;
}

static void
forget_document(struct yml_stream *s)
{
    free_chunks(&s->chunks);
    for (size_t i = 0; i < s->anchor_count; i++)
        free(s->anchors[i].name);
    s->anchor_count = s->child_count = s->depth = s->aliases = 0;
}

void
yml_close(struct yml_stream *s)
{
    if (!s)
        return;
    forget_document(s);
    free(s->anchors);
    free(s->children);
    free(s->copy);
    yaml_parser_delete(&s->parser);
    free(s);
}

void
yml_release(struct yml_stream **s)
{
    yml_close(*s);
}

size_t
yml_error_line(const struct yml_stream *s)
{
    return s->error_line;
}

/* ---- errors ---- */

static int
exceeds(struct yml_stream *s, size_t line, struct err *err, const char *what,
        unsigned long most)
{
    s->error_line = line;
    return err_set(err, ERR_LIMIT, "more than %lu %s", most, what);
}

static int
refuse_syntax(struct yml_stream *s, struct err *err)
{
    const yaml_parser_t *p = &s->parser;
    const char *problem = p->problem ? p->problem : "malformed";
    char safe[TEXT_SAFE_MAX];

    if (p->error == YAML_MEMORY_ERROR)
        mem_exhausted();
    s->error_line = s->lines + p->problem_mark.line + 1;
    if (p->error == YAML_READER_ERROR) { /* has only an offset */
        s->error_line = s->lines + 1;
        for (size_t i = s->begin; i < s->begin + p->problem_offset && i < s->len; i++)
            s->error_line += s->text[i] == '\n';
    }
    text_safe(safe, problem, strlen(problem));
    return err_because(err, ERR_USAGE, REASON_YAML, "invalid YAML: %s", safe);
}

/* ---- building ---- */

static int
check_size(struct yml_stream *s, const struct yml_size *size, size_t line,
           struct err *err)
{
    if (size->nodes > YML_NODES_MAX)
        return exceeds(s, line, err, "values in a document", YML_NODES_MAX);
    if (size->text > YML_TEXT_MAX)
        return exceeds(s, line, err, "bytes of text in a document", YML_TEXT_MAX);
    if (s->depth + size->depth > YML_DEPTH_MAX)
        return exceeds(s, line, err, "levels of nesting", YML_DEPTH_MAX);
    return 0;
}

/* Make a complete node a child of the innermost open one. */
static int
add_child(struct yml_stream *s, const struct yml *node, const struct yml_size *size,
          size_t line, struct err *err)
{
    s->children =
        mem_grow(s->children, s->child_count, &s->child_cap, sizeof(*s->children));
    s->children[s->child_count++] = node;
    if (check_size(s, size, line, err) < 0)
        return -1;
    if (s->depth > 0) {
        struct yml_size *sum = &s->open[s->depth - 1].size;

        sum->nodes += size->nodes;
        sum->text += size->text;
        if (sum->depth < size->depth + 1)
            sum->depth = size->depth + 1;
        if (sum->nodes > YML_NODES_MAX || sum->text > YML_TEXT_MAX)
            return check_size(s, sum, line, err);
    }
    return 0;
}

/* Returns 0 without an anchor, else its index + 1; -1 on failure. */
static int
add_anchor(struct yml_stream *s, const yaml_char_t *name, const struct yml *node,
           size_t line, size_t *out, struct err *err)
{
    *out = 0;
    if (!name)
        return 0;
    if (s->anchor_count == YML_ALIASES_MAX)
        return exceeds(s, line, err, "anchors in a document", YML_ALIASES_MAX);
    s->anchors =
        mem_grow(s->anchors, s->anchor_count, &s->anchor_cap, sizeof(*s->anchors));
    s->anchors[s->anchor_count++] = (struct yml_anchor){
        .name = xstrdup((const char *)name),
        .node = node,
        .size = {.nodes = 1, .text = node ? node->count : 0, .depth = 1},
    };
    *out = s->anchor_count;
    return 0;
}

static struct yml *
new_node(struct yml_stream *s, enum yml_kind kind, const yaml_mark_t *mark)
{
    struct yml *node = chunk_alloc(&s->chunks, sizeof(*node));

    *node = (struct yml){.kind = kind,
                         .line = (uint32_t)(s->lines + mark->line + 1),
                         .column = (uint32_t)mark->column + 1};
    return node;
}

static int
take_scalar(struct yml_stream *s, const yaml_event_t *event, struct err *err)
{
    size_t line = s->lines + event->start_mark.line + 1, anchor,
           len = event->data.scalar.length;
    struct yml *node;
    char *text;

    if (len > YML_SCALAR_MAX)
        return exceeds(s, line, err, "bytes in one value", YML_SCALAR_MAX);
    node = new_node(s, YML_TEXT, &event->start_mark);
    text = chunk_alloc(&s->chunks, len + 1);
    memcpy(text, event->data.scalar.value, len);
    text[len] = '\0';
    node->of.text = text;
    node->count = len;
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->is_block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                     event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    if (add_anchor(s, event->data.scalar.anchor, node, line, &anchor, err) < 0)
        return -1;
    return add_child(s, node, &(struct yml_size){1, len, 1}, line, err);
}

static int
take_start(struct yml_stream *s, enum yml_kind kind, const yaml_char_t *anchor,
           const yaml_mark_t *mark, struct err *err)
{
    struct yml_open_node *top = &s->open[s->depth];

    if (s->depth == YML_DEPTH_MAX)
        return exceeds(s, s->lines + mark->line + 1, err, "levels of nesting",
                       YML_DEPTH_MAX);
    *top = (struct yml_open_node){.node = new_node(s, kind, mark),
                                  .first = s->child_count,
                                  .size = {.nodes = 1, .depth = 1}};
    s->depth++;
    return add_anchor(s, anchor, NULL, s->lines + mark->line + 1, &top->anchor, err);
}

/* Keys of a map and of all that it merges; stops counting above YML_MERGED_MAX. */
static size_t
count_merged(const struct yml *map, size_t keys)
{
    if (map->kind != YML_MAP)
        return keys;
    keys += map->count;
    for (size_t i = 0; i < map->count && keys <= YML_MERGED_MAX; i++) {
        const struct yml *from = map->of.pairs[i].value;

        if (!yml_is_merge(map->of.pairs[i].key))
            continue;
        keys = count_merged(from, keys);
        for (size_t k = 0;
             from->kind == YML_LIST && k < from->count && keys <= YML_MERGED_MAX; k++)
            keys = count_merged(from->of.items[k], keys + 1);
    }
    return keys;
}

/* Each key is compared with each, so their number is bounded. */
static int
check_merges(struct yml_stream *s, const struct yml *map, struct err *err)
{
    for (size_t i = 0; i < map->count; i++) {
        if (yml_is_merge(map->of.pairs[i].key))
            return count_merged(map, 0) > YML_MERGED_MAX
                       ? exceeds(s, map->line, err, "keys in a mapping with '<<'",
                                 YML_MERGED_MAX)
                       : 0;
    }
    return 0;
}

static int
take_end(struct yml_stream *s, struct err *err)
{
    struct yml_open_node *top = &s->open[--s->depth];
    struct yml *node = top->node;
    size_t count = s->child_count - top->first, bytes = count * sizeof(*s->children);
    const struct yml **children = chunk_alloc(&s->chunks, bytes > 0 ? bytes : 1);

    if (bytes > 0)
        memcpy(children, s->children + top->first, bytes);
    s->child_count = top->first;
    if (node->kind == YML_LIST) {
        node->of.items = children;
        node->count = count;
    } else {
        /* Key and value alternate. */
        _Static_assert(sizeof(struct yml_pair) == 2 * sizeof(*children), "two pointers");
        node->of.pairs = (const struct yml_pair *)(const void *)children;
        node->count = count / 2;
        if (check_merges(s, node, err) < 0)
            return -1;
    }
    if (top->anchor > 0) {
        s->anchors[top->anchor - 1].node = node;
        s->anchors[top->anchor - 1].size = top->size;
    }
    return add_child(s, node, &top->size, node->line, err);
}

static int
take_alias(struct yml_stream *s, const yaml_event_t *event, struct err *err)
{
    const char *name = (const char *)event->data.alias.anchor;
    size_t line = s->lines + event->start_mark.line + 1, i = s->anchor_count;
    char safe[TEXT_SAFE_MAX];

    if (++s->aliases > YML_ALIASES_MAX)
        return exceeds(s, line, err, "aliases in a document", YML_ALIASES_MAX);
    while (i > 0 && strcmp(s->anchors[i - 1].name, name) != 0)
        i--;
    if (i > 0 && s->anchors[i - 1].node)
        return add_child(s, s->anchors[i - 1].node, &s->anchors[i - 1].size, line, err);
    s->error_line = line;
    text_safe(safe, name, strlen(name));
    return err_because(err, ERR_USAGE, REASON_YAML,
                       i > 0 ? "invalid YAML: '*%s' refers to a value that contains it"
                             : "invalid YAML: '*%s' has no anchor",
                       safe);
}

/* A JSON text ends here: when another one follows, go there.  Returns 1 then. */
static int
go_to_next_json(struct yml_stream *s, const yaml_mark_t *end)
{
    size_t i = s->begin;

    if (!s->is_json || s->depth > 0)
        return 0;
    for (size_t n = 0; n < end->index && i < s->len; n++) /* characters of UTF-8 */
        do
            i++;
        while (i < s->len && ((unsigned char)s->text[i] & 0xc0) == 0x80);
    i = skip_white(s->text, i, s->len);
    if (!begins_json(s->text, i, s->len))
        return 0;
    for (size_t k = s->begin; k < i; k++)
        s->lines += s->text[k] == '\n';
    yaml_parser_delete(&s->parser);
    begin_parser(s, i);
    return 1;
}

/* Returns 1 at the end of the document. */
static int
take_event(struct yml_stream *s, const yaml_event_t *event, struct err *err)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(s, event, err);
    case YAML_SEQUENCE_START_EVENT:
        return take_start(s, YML_LIST, event->data.sequence_start.anchor,
                          &event->start_mark, err);
    case YAML_MAPPING_START_EVENT:
        return take_start(s, YML_MAP, event->data.mapping_start.anchor,
                          &event->start_mark, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return take_end(s, err) < 0 ? -1 : go_to_next_json(s, &event->end_mark);
    case YAML_ALIAS_EVENT:
        return take_alias(s, event, err);
    case YAML_DOCUMENT_END_EVENT:
        return 1;
    case YAML_STREAM_END_EVENT:
        s->has_ended = true;
        return 1;
    case YAML_DOCUMENT_START_EVENT:
        return ++s->documents > YML_DOCUMENTS_MAX
                   ? exceeds(s, s->lines + event->start_mark.line + 1, err, "documents",
                             YML_DOCUMENTS_MAX)
                   : 0;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    default:
        return 0;
    }
}

/* The library compares each directive with each of them. */
static int
check_text(struct yml_stream *s, struct err *err)
{
    static const char directive[] = "\n%TAG";
    const char *at = s->text, *end = s->text + s->len;
    size_t count = 0;

    s->has_begun = true;
    if (s->len > YML_BYTES_MAX)
        return exceeds(s, 1, err, "bytes", YML_BYTES_MAX);
    while (at && (at = memmem(at, (size_t)(end - at), directive, strlen(directive)))) {
        at += strlen(directive);
        if (++count > YML_TAGS_MAX)
            return exceeds(s, 1, err, "%TAG directives", YML_TAGS_MAX);
    }
    return 0;
}

int
yml_next(struct yml_stream *s, const struct yml **root, struct err *err)
{
    int rc = 0;

    forget_document(s);
    if (!s->has_begun && check_text(s, err) < 0) {
        s->has_ended = true;
        return -1;
    }
    while (rc == 0 && !s->has_ended) {
        yaml_event_t event;

        if (!yaml_parser_parse(&s->parser, &event)) {
            rc = refuse_syntax(s, err);
            break;
        }
        rc = take_event(s, &event, err);
        yaml_event_delete(&event);
    }
    if (rc < 0)
        s->has_ended = true;
    if (rc <= 0 || s->child_count == 0)
        return rc < 0 ? -1 : 0;
    *root = s->children[0];
    return 1;
}

/* ---- reading ---- */

bool
yml_is(const struct yml *node, const char *text)
{
    return node && node->kind == YML_TEXT && node->count == strlen(text) &&
           memcmp(node->of.text, text, node->count) == 0;
}

bool
yml_is_null(const struct yml *node)
{
    return node->kind == YML_TEXT && node->is_plain &&
           (node->count == 0 || yml_is(node, "~") || yml_is(node, "null") ||
            yml_is(node, "Null") || yml_is(node, "NULL"));
}

bool
yml_is_merge(const struct yml *key)
{
    return key->kind == YML_TEXT && key->is_plain && yml_is(key, "<<");
}

static const struct yml *
find_own(const struct yml *map, const char *key)
{
    for (size_t i = map->count; i > 0; i--) {
        if (yml_is(map->of.pairs[i - 1].key, key))
            return map->of.pairs[i - 1].value;
    }
    return NULL;
}

/* The first map that is merged and has the key. */
static const struct yml *
find_merged(const struct yml *map, const char *key)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct yml *from = map->of.pairs[i].value, *found = NULL;

        if (!yml_is_merge(map->of.pairs[i].key))
            continue;
        found = yml_get(from, key);
        for (size_t k = 0; !found && from->kind == YML_LIST && k < from->count; k++)
            found = yml_get(from->of.items[k], key);
        if (found)
            return found;
    }
    return NULL;
}

const struct yml *
yml_get(const struct yml *map, const char *key)
{
    const struct yml *own;

    if (!map || map->kind != YML_MAP)
        return NULL;
    own = find_own(map, key);
    return own ? own : find_merged(map, key);
}

const char *
yml_get_text(const struct yml *map, const char *key)
{
    const struct yml *value = yml_get(map, key);

    return value && value->kind == YML_TEXT ? value->of.text : NULL;
}

struct yml_visit {
    int (*fn)(void *ctx, const struct yml *key, const struct yml *value);
    void *ctx;
    const struct yml *map; /* that merges */
};

static int
visit_merged(void *ctx, const struct yml *key, const struct yml *value)
{
    const struct yml_visit *v = ctx;

    if (key->kind == YML_TEXT && find_own(v->map, key->of.text))
        return 0;
    return v->fn(v->ctx, key, value);
}

int
yml_each(const struct yml *map,
         int (*fn)(void *ctx, const struct yml *key, const struct yml *value), void *ctx)
{
    struct yml_visit merged = {.fn = fn, .ctx = ctx, .map = map};
    int rc = 0;

    if (!map || map->kind != YML_MAP)
        return 0;
    for (size_t i = 0; rc == 0 && i < map->count; i++) {
        const struct yml_pair *pair = &map->of.pairs[i];

        if (!yml_is_merge(pair->key))
            rc = fn(ctx, pair->key, pair->value);
        else if (pair->value->kind == YML_MAP)
            rc = yml_each(pair->value, visit_merged, &merged);
        else if (pair->value->kind == YML_LIST)
            for (size_t k = 0; rc == 0 && k < pair->value->count; k++)
                rc = yml_each(pair->value->of.items[k], visit_merged, &merged);
    }
    return rc;
}

const char *
yml_library_version(void)
{
    return yaml_get_version_string();
}
