/*
 * The tables of keys as JSON, for tests/spec/check_schema.py: with no argument every object with
 * its keys; with files, what the parser says to each: "ok" or the first mistake, a line a file.
 */
#include "spec/spec_table.h"
#include "spec/submission.h"

#include <smallpress/arena.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS_MAX 40

/* Objects met so far; they are printed in the order in which they are met. */
struct objects {
    const struct sp_spec_object *met[OBJECTS_MAX];
    size_t count;
};

static size_t number_of(struct objects *objects, const struct sp_spec_object *object)
{
    for (size_t i = 0; i < objects->count; i++) {
        if (objects->met[i] == object)
            return i;
    }
    if (objects->count == OBJECTS_MAX)
        abort();
    objects->met[objects->count] = object;
    return objects->count++;
}

static void print_key(struct objects *objects, const struct sp_spec_key *key)
{
#define KIND_WORD(name, word) [name] = word,
    static const char *const words[] = {SP_SPEC_KIND_TABLE(KIND_WORD)};
#undef KIND_WORD
    (void)printf("{\"name\":\"%s\",\"kind\":\"%s\",\"required\":%s,\"source\":%s,\"least\":%" PRId64
                 ",\"most\":%" PRId64 ",\"choices\":[",
                 key->name, words[key->kind], key->required ? "true" : "false",
                 key->source ? "true" : "false", key->least, key->most);
    for (size_t i = 0; key->choices && key->choices[i]; i++)
        (void)printf("%s\"%s\"", i ? "," : "", key->choices[i]);
    (void)printf("],\"object\":");
    if (key->object)
        (void)printf("%zu}", number_of(objects, key->object));
    else
        (void)printf("null}");
}

static void print_tables(void)
{
    struct objects objects = {.count = 0};
    (void)number_of(&objects, &sp_spec_submission);
    (void)number_of(&objects, &sp_spec_theme_file);
    (void)number_of(&objects, &sp_spec_source);
    (void)printf("{\"pages\":[");
    for (size_t i = 0; sp_spec_pages[i].name; i++)
        (void)printf("%s\"%s\"", i ? "," : "", sp_spec_pages[i].name);
    (void)printf("],\"objects\":[");
    for (size_t i = 0; i < objects.count; i++) {
        const struct sp_spec_object *object = objects.met[i];
        (void)printf("%s\n{\"name\":\"%s\",\"alone\":%s,\"keys\":[", i ? "," : "", object->name,
                     object->alone ? "true" : "false");
        for (size_t j = 0; j < object->key_count; j++) {
            (void)printf("%s", j ? ",\n " : "");
            print_key(&objects, &object->keys[j]);
        }
        (void)printf("]}");
    }
    (void)printf("]}\n");
}

static int check_file(const char *path)
{
    static char bytes[SP_SUBMISSION_BYTES_MAX];
    FILE *file = fopen(path, "rb");
    if (!file)
        return 1;
    const struct sp_spec_text text = {
        .name = path, .bytes = bytes, .count = fread(bytes, 1, sizeof bytes, file)};
    (void)fclose(file);
    struct sp_arena arena;
    struct sp_submission submission;
    struct sp_err err = {0};
    const size_t need = sp_submission_need(text.count);
    if (sp_arena_open(&arena, need, &err) != SP_OK)
        return 1;
    sp_arena_part_begin(&arena, "submission", need);
    const enum sp_status status = sp_submission_parse(&submission, &arena, &text, NULL, NULL, &err);
    sp_arena_part_end(&arena);
    sp_arena_close(&arena);
    (void)printf("%s\n", status == SP_OK ? "ok" : err.text);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= check_file(argv[i]);
    if (argc == 1)
        print_tables();
    return failed;
}
