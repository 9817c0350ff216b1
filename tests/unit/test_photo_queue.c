/* Photos of a place in their order: its own, those at the top that name it, inline and from lists.
 */
#include "support/unit.h"

#include "press/photo_queue.h"
#include "support/folder.h"

#include <stdio.h>
#include <string.h>

/* A source that answers with the number of bytes of an address as the width of the photo. */
struct source {
    char orders[64][64];
    unsigned ordered, taken, most_ahead;
};

static enum sp_status order(void *context, const char *source, const struct sp_photo_order *wanted,
                            struct sp_err *err)
{
    struct source *fake = context;
    assert_true(fake->ordered < 64);
    snprintf(fake->orders[fake->ordered++], sizeof fake->orders[0], "%s", source);
    const unsigned ahead = fake->ordered - fake->taken;
    fake->most_ahead = ahead > fake->most_ahead ? ahead : fake->most_ahead;
    return SP_OK;
}

static enum sp_status take(void *context, struct sp_photo *photo, int *fd, struct sp_err *err)
{
    struct source *fake = context;
    const char *name = fake->orders[fake->taken++];
    *photo = (struct sp_photo){.width_px = (uint32_t)strlen(name)};
    *fd = -1;
    if (strcmp(name, "bad.jpg") == 0)
        return sp_fail(err, SP_BAD_DATA, "it is bad");
    return strcmp(name, "stop.jpg") == 0 ? sp_fail(err, SP_STOPPED, "stopped") : SP_OK;
}

/* Everything a queue needs, around a submission of the test's own. */
struct fixture {
    struct folder folder;
    struct sp_arena arena;
    struct sp_list_reader reader;
    struct sp_report_io io;
    struct source fake;
    struct sp_submission submission;
    struct sp_photo_queue queue;
    char path[256];
};

static enum sp_status open_file(void *context, const char *path, struct sp_in_file *file,
                                struct sp_err *err)
{
    struct fixture *fixture = context;
    return sp_in_file_open(
        file, folder_path(&fixture->folder, path, fixture->path, sizeof fixture->path), err);
}

static void set_up(struct fixture *fixture, unsigned ahead)
{
    struct sp_err err;
    const size_t need = sp_list_reader_need() + sp_photo_queue_need(ahead);
    *fixture = (struct fixture){.io = {.photos = {order, take, &fixture->fake}}};
    folder_open(&fixture->folder);
    fixture->io.open = open_file;
    fixture->io.context = fixture;
    assert_int_equal(sp_arena_open(&fixture->arena, need, &err), SP_OK);
    sp_arena_part_begin(&fixture->arena, "queue", need);
    sp_list_reader_init(&fixture->reader, &fixture->arena, &fixture->io);
    sp_photo_queue_init(&fixture->queue, &fixture->arena, &fixture->submission, &fixture->io.photos,
                        &fixture->reader, ahead);
    sp_arena_part_end(&fixture->arena);
}

static void tear_down(struct fixture *fixture)
{
    sp_list_reader_close(&fixture->reader);
    sp_arena_close(&fixture->arena);
    folder_remove(&fixture->folder);
}

static void put_file(struct fixture *fixture, const char *name, const char *text)
{
    char path[256];
    file_put(folder_path(&fixture->folder, name, path, sizeof path), text, strlen(text));
}

/* Takes all photos of a place and writes their addresses, refused ones with a "!", in a row. */
static void take_all(struct fixture *fixture, const struct sp_report_section *section, char *out,
                     size_t capacity)
{
    out[0] = '\0';
    sp_photo_queue_begin(&fixture->queue, section);
    for (bool more = true; more;) {
        struct sp_photo_taken taken;
        struct sp_err err;
        assert_int_equal(sp_photo_queue_next(&fixture->queue, &taken, &more, &err), SP_OK);
        if (!more)
            break;
        const size_t used = strlen(out);
        snprintf(out + used, capacity - used, "%s%s ", taken.asked->source,
                 taken.status == SP_OK ? "" : "!");
        if (taken.status == SP_OK)
            assert_int_equal(taken.photo.width_px, strlen(taken.asked->source));
    }
}

static const struct sp_report_photo top[] = {
    {.src = "a.jpg"}, {.src = "bad.jpg", .section = "roof"}, {.src = "c.jpg", .section = "Cellar"}};
static const struct sp_report_photo own[] = {{.src = "1.jpg"}, {.src = "22.jpg"}};

static void places_have_their_photos(void **state)
{
    struct fixture fixture;
    char taken[1024];
    set_up(&fixture, 3);
    put_file(&fixture, "own.ndjson", "{\"src\":\"333.jpg\"}\n");
    put_file(&fixture, "top.csv", "section,src\nroof,4444.jpg\n,55555.jpg\ncellar,6.jpg\n");
    const struct sp_report_section sections[] = {
        {.id = "roof", .title = "Roof", .photos = {own, 2, {.path = "own.ndjson"}}},
        {.id = "x", .title = "Cellar"},
        {.id = "y", .title = "Cellar"},
    };
    fixture.submission.sections = sections;
    fixture.submission.section_count = 3;
    fixture.submission.photos = (struct sp_report_photos){top, 3, {.path = "top.csv"}};
    take_all(&fixture, &sections[0], taken, sizeof taken);
    assert_string_equal(taken, "1.jpg 22.jpg 333.jpg bad.jpg! 4444.jpg ");
    take_all(&fixture, &sections[1], taken, sizeof taken);
    assert_string_equal(taken, "c.jpg ");
    take_all(&fixture, &sections[2], taken, sizeof taken);
    assert_string_equal(taken, "");
    take_all(&fixture, NULL, taken, sizeof taken);
    assert_string_equal(taken, "a.jpg 55555.jpg 6.jpg ");
    assert_int_equal(fixture.fake.ordered, fixture.fake.taken);
    assert_int_equal(fixture.fake.most_ahead, 3);
    tear_down(&fixture);
}

static void what_cannot_be_read_stands_in_its_place(void **state)
{
    struct fixture fixture;
    char taken[1024];
    set_up(&fixture, 2);
    put_file(&fixture, "rows.ndjson", "{\"src\":\"1.jpg\"}\nnot json\n{\"src\":\"\"}\n");
    const struct sp_report_section gone = {.title = "A", .photos = {.source = {.path = "g.csv"}}};
    const struct sp_report_section bad = {.title = "B",
                                          .photos = {.source = {.path = "rows.ndjson"}}};
    const struct sp_report_section unknown = {.title = "C",
                                              .photos = {.source = {.path = "l.txt"}}};
    take_all(&fixture, &gone, taken, sizeof taken);
    assert_string_equal(taken, "g.csv! ");
    take_all(&fixture, &bad, taken, sizeof taken);
    assert_string_equal(taken, "1.jpg rows.ndjson! rows.ndjson! ");
    take_all(&fixture, &unknown, taken, sizeof taken);
    assert_string_equal(taken, "l.txt! ");
    tear_down(&fixture);
}

static void stopping_ends_everything(void **state)
{
    static const struct sp_report_photo photos[] = {{.src = "stop.jpg"}, {.src = "2.jpg"}};
    struct fixture fixture;
    struct sp_photo_taken taken;
    struct sp_err err;
    bool more;
    set_up(&fixture, 2);
    fixture.submission.photos = (struct sp_report_photos){.photos = photos, .count = 2};
    sp_photo_queue_begin(&fixture.queue, NULL);
    assert_int_equal(sp_photo_queue_next(&fixture.queue, &taken, &more, &err), SP_STOPPED);
    assert_string_equal(err.text, "stopped");
    tear_down(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_have_their_photos),
        cmocka_unit_test(what_cannot_be_read_stands_in_its_place),
        cmocka_unit_test(stopping_ends_everything),
    };
    return cmocka_run_group_tests_name("photo_queue", tests, NULL, NULL);
}
