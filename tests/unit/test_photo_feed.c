/*
 * Photos come in the order of orders, whatever the helpers do: they crash, hang, lie and leave, and
 * each costs one photo at most.
 */
#include "support/unit.h"

#include "base/sys.h"
#include "child/child_sanitized.h"
#include "child/photo_feed.h"
#include "support/exact_arena.h"
#include "support/stub_decoder.h"
#include "support/stub_program.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

struct fixture {
    struct folder folder, scratch;
    int before, opened_before;
    unsigned files; /* made by order_word */
    struct sp_photo_feed_spec spec;
    struct sp_arena arena;
    struct sp_photo_feed *feed;
    struct sp_photo_source source;
};

static const struct sp_photo_order picture = {
    .kind = SP_PHOTO_PICTURE, .edge_px = 1200, .quality = 80, .pixels_max = 200000000};

static void put_photo(const struct fixture *fixture, const char *name, bool heic, const char *word,
                      unsigned number)
{
    char path[128], bytes[128];
    const size_t length = stub_photo(bytes, heic, word, number);
    file_put(folder_path(&fixture->folder, name, path, sizeof path), bytes, length);
}

static int open_fixture(void **state)
{
    static struct fixture fixture;
    char path[128];
    fixture.files = 0;
    folder_open(&fixture.folder);
    folder_open(&fixture.scratch);
    stub_link(&fixture.folder, "smallpress-photo", path, sizeof path);
    stub_link(&fixture.folder, "smallpress-heif", path, sizeof path);
    stub_link(&fixture.folder, "smallpress-fetch", path, sizeof path);
    setenv("SMALLPRESS_PROGRAMS", fixture.folder.path, 1);
    fixture.before = open_descriptors();
    fixture.opened_before = sp_sys_open_count();
    sp_photo_feed_spec_init(&fixture.spec);
    fixture.spec.folder = fixture.folder.path;
    fixture.spec.scratch_folder = fixture.scratch.path;
    fixture.spec.store_bytes = 8 << 20;
    fixture.spec.scratch_bytes = 64 << 20;
    *state = &fixture;
    return 0;
}

/* No descriptor, no process, no file is left. */
static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(open_descriptors(), fixture->before);
    assert_int_equal(sp_sys_open_count(), fixture->opened_before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(folder_names(&fixture->scratch, NULL), 0);
    unsetenv("SMALLPRESS_PROGRAMS");
    folder_remove(&fixture->folder);
    folder_remove(&fixture->scratch);
    return 0;
}

static void feed_open(struct fixture *fixture)
{
    struct sp_err err = {0};
    exact_arena_open(&fixture->arena, sp_photo_feed_need(&fixture->spec));
    assert_int_equal(sp_photo_feed_open(&fixture->feed, &fixture->arena, &fixture->spec, &err),
                     SP_OK);
    exact_arena_seal(&fixture->arena);
    fixture->source = sp_photo_feed_source(fixture->feed);
}

static void feed_close(struct fixture *fixture)
{
    sp_photo_feed_close(fixture->feed);
    sp_arena_close(&fixture->arena);
}

static void order(struct fixture *fixture, const char *source)
{
    struct sp_err err = {0};
    const enum sp_status status =
        fixture->source.order(fixture->source.context, source, &picture, &err);
    if (status != SP_OK)
        print_message("# %s\n", err.text);
    assert_int_equal(status, SP_OK);
}

/* A photo as the stub makes it. */
static struct sp_photo expect(struct fixture *fixture, unsigned number)
{
    struct sp_photo photo;
    struct sp_err err = {0};
    int fd = -1;
    const enum sp_status status = fixture->source.take(fixture->source.context, &photo, &fd, &err);
    if (status != SP_OK)
        print_message("# %s\n", err.text);
    assert_int_equal(status, SP_OK);
    char bytes[64] = "", wanted[64];
    assert_int_equal(pread(fd, bytes, sizeof bytes - 1, 0), photo.length);
    snprintf(wanted, sizeof wanted, "\xFF\xD8\xFF\xE0photo %u", number);
    assert_string_equal(bytes, wanted);
    assert_int_equal(photo.width_px, 1 + number % picture.edge_px);
    return photo;
}

static void expect_refused(struct fixture *fixture, enum sp_status status, const char *words)
{
    struct sp_photo photo;
    struct sp_err err = {0};
    int fd = -1;
    assert_int_equal(fixture->source.take(fixture->source.context, &photo, &fd, &err), status);
    assert_int_equal(err.status, status);
    if (!strstr(err.text, words))
        print_message("# it says: %s\n", err.text);
    assert_non_null(strstr(err.text, words));
    assert_int_equal(fd, -1);
}

static uint64_t restarts(const struct fixture *fixture)
{
    return sp_photo_feed_counts(fixture->feed).restarts;
}

/* Orders one photo that has the word in it, and leaves it to be taken. */
static void order_word(struct fixture *fixture, const char *word, unsigned number)
{
    char name[32];
    snprintf(name, sizeof name, "word%u.jpg", fixture->files++);
    put_photo(fixture, name, false, word, number);
    order(fixture, name);
}

static void photos_come_in_the_order_of_orders(void **state)
{
    struct fixture *fixture = *state;
    char name[32];
    for (unsigned i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "%u.jpg", i);
        put_photo(fixture, name, i % 9 == 3, "slow", i);
    }
    for (fixture->spec.decoders = 1; fixture->spec.decoders <= 4; fixture->spec.decoders++) {
        for (fixture->spec.ahead = 1; fixture->spec.ahead <= 16; fixture->spec.ahead *= 4) {
            feed_open(fixture);
            unsigned ordered = 0;
            for (unsigned taken = 0; taken < 40; taken++) {
                while (ordered < 40 && ordered < taken + fixture->spec.ahead) {
                    snprintf(name, sizeof name, "%u.jpg", ordered++);
                    order(fixture, name);
                }
                const struct sp_photo photo = expect(fixture, taken);
                assert_int_equal(photo.probe.bits, taken % 9 == 3 ? 10 : 8);
            }
            assert_int_equal(restarts(fixture), 0);
            feed_close(fixture);
        }
    }
}

/* The file of a photo is there until the next is taken, though its slot is used again. */
static void a_taken_photo_stays_until_the_next(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.ahead = 1;
    feed_open(fixture);
    struct sp_photo photo;
    struct sp_err err;
    int fd;
    char bytes[32] = "";
    order_word(fixture, "good", 7);
    assert_int_equal(fixture->source.take(fixture->source.context, &photo, &fd, &err), SP_OK);
    order_word(fixture, "good", 8);
    stub_nap(20);
    assert_int_equal(pread(fd, bytes, sizeof bytes - 1, 4), photo.length - 4);
    assert_string_equal(bytes, "photo 7");
    (void)expect(fixture, 8);
    feed_close(fixture);
}

static void what_is_wrong_with_a_source_is_said(void **state)
{
    struct fixture *fixture = *state;
    char path[128], long_address[SP_ADDRESS_BYTES_MAX + 10];
    fixture->spec.file_bytes_max = 1000;
    fixture->spec.ahead = 2;
    file_put(folder_path(&fixture->folder, "empty.jpg", path, sizeof path), "", 0);
    folder_path(&fixture->folder, "large.jpg", path, sizeof path);
    file_put(path, "x", 1);
    assert_int_equal(truncate(path, 1001), 0);
    assert_int_equal(mkfifo(folder_path(&fixture->folder, "pipe", path, sizeof path), 0600), 0);
    const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    folder_path(&fixture->folder, "socket", address.sun_path, sizeof address.sun_path);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    close(listener);
    memset(long_address, 'a', sizeof long_address);
    memcpy(long_address, "https://", 8);
    long_address[sizeof long_address - 1] = '\0';
    const struct {
        const char *source;
        enum sp_status status;
        const char *words;
    } wrong[] = {
        {"none.jpg", SP_IO, "there is no such file"},
        {"", SP_BAD_DATA, "neither a file nor an address"},
        {".", SP_BAD_DATA, "a folder, not a file"},
        {"pipe", SP_BAD_DATA, "a named pipe, not a file"},
        {"socket", SP_BAD_DATA, "a socket"},
        {"/dev/zero", SP_BAD_DATA, "a device, not a file"},
        {"/proc/self/mem", SP_BAD_DATA, "an empty file"},
        {"empty.jpg", SP_BAD_DATA, "an empty file"},
        {"large.jpg", SP_TOO_BIG, "1001 bytes, more than the 1000 bytes"},
        {"one.jpg/x", SP_IO, "cannot be opened"},
        {"file:///etc/passwd", SP_BAD_DATA, "file:, and photos are taken from http:// and https:"},
        {"FILE:/etc/passwd", SP_BAD_DATA, "http:// and https://"},
        {"ftp://host/a.jpg", SP_BAD_DATA, "http:// and https://"},
        {"gopher://host/a.jpg", SP_BAD_DATA, "http:// and https://"},
        {"data:image/png;base64,AAAA", SP_BAD_DATA, "data:, and"},
        {"http:a.jpg", SP_BAD_DATA, "http:, and"},
        {long_address, SP_BAD_DATA, "4105 characters; addresses have 4095"},
    };
    put_photo(fixture, "one.jpg", false, "good", 1);
    put_photo(fixture, "10:30.jpg", false, "good", 2);
    put_photo(fixture, "photo:a.jpg", false, "good", 3);
    feed_open(fixture);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        order(fixture, wrong[i].source);
        order(fixture, "one.jpg");
        expect_refused(fixture, wrong[i].status, wrong[i].words);
        (void)expect(fixture, 1);
    }
    order(fixture, "10:30.jpg");
    (void)expect(fixture, 2);
    order(fixture, "photo:a.jpg");
    (void)expect(fixture, 3);
    assert_int_equal(restarts(fixture), 0);
    feed_close(fixture);

    fixture->spec.local_files = false;
    fixture->spec.folder = NULL;
    feed_open(fixture);
    order(fixture, "one.jpg");
    expect_refused(fixture, SP_BAD_DATA, "it is a file, and photos are taken from http://");
    feed_close(fixture);
}

static void a_decoder_that_ends_costs_one_photo(void **state)
{
    static const struct {
        const char *word;
        unsigned number;
        const char *words;
    } cases[] = {
        {"crash", 0, "its decoder was ended by signal 11 (it used memory that is not its own)"},
        {"exit", 3, "its decoder ended with status 3"},
        {"exit", 0, "its decoder ended before it was done"},
        {"overflow", 0, "signal 25 (it wrote more than allowed)"},
        {"short", 0, "its decoder ended before it was done"},
    };
    struct fixture *fixture = *state;
    fixture->spec.ahead = 2;
    feed_open(fixture);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint64_t before = restarts(fixture);
        order_word(fixture, cases[i].word, cases[i].number);
        order_word(fixture, "good", 5);
        expect_refused(fixture, SP_BAD_DATA, cases[i].words);
        (void)expect(fixture, 5);
        /* All but the first time it had worked before, and is given a second chance. */
        assert_int_equal(restarts(fixture) - before, i == 0 ? 1 : 2);
    }
    feed_close(fixture);
}

/* What one photo does to a decoder is not held against the next. */
static void a_spoiled_decoder_is_replaced(void **state)
{
    struct fixture *fixture = *state;
    feed_open(fixture);
    for (unsigned i = 0; i < 5; i++) {
        order_word(fixture, "spoiled", i); /* crashes a decoder that is not new */
        (void)expect(fixture, i);
        assert_int_equal(restarts(fixture), i);
    }
    order_word(fixture, "noroom", 1); /* has no memory in a decoder that is not new */
    (void)expect(fixture, 1);
    order_word(fixture, "noroom", 0); /* never has */
    expect_refused(fixture, SP_TOO_BIG, "memory is in pieces");
    /* Gone between two photos. */
    order_word(fixture, "leave", 1);
    (void)expect(fixture, 1);
    stub_nap(50);
    order_word(fixture, "good", 2);
    (void)expect(fixture, 2);
    feed_close(fixture);
}

static void lies_are_not_believed(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.decoders = 2;
    feed_open(fixture);
    for (unsigned lie = 0; lie < STUB_LIES; lie++) {
        order_word(fixture, "lie", lie);
        order_word(fixture, "good", lie);
        expect_refused(fixture, SP_BAD_DATA, "an answer that makes no sense");
        (void)expect(fixture, lie);
    }
    /* It was not allowed to pass anything. */
    order_word(fixture, "passed", 1);
    expect_refused(fixture, SP_BAD_DATA, "an answer that makes no sense");
    /* An answer nobody asked for is not the answer to the next. */
    order_word(fixture, "twice", 6);
    (void)expect(fixture, 6);
    order_word(fixture, "good", 7);
    (void)expect(fixture, 7);
    feed_close(fixture);
}

static void sentences_are_cleaned(void **state)
{
    struct fixture *fixture = *state;
    feed_open(fixture);
    order_word(fixture, "refuse", 0);
    expect_refused(fixture, SP_BAD_DATA,
                   "it is \xEF\xBF\xBD[31mbroken\xEF\xBF\xBD[0m \xEF\xBF\xBD\xEF\xBF\xBD");
    assert_int_equal(restarts(fixture), 0);
    feed_close(fixture);
}

static void one_that_hangs_is_ended_in_time(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.time_ms = 1200;
    fixture->spec.ahead = 3;
    feed_open(fixture);
    order_word(fixture, "good", 1);
    (void)expect(fixture, 1);
    order_word(fixture, "hang", 0);
    order_word(fixture, "good", 2);
    order_word(fixture, "good", 3);
    expect_refused(fixture, SP_BAD_DATA, "it took longer than 1.2 s to decode");
    (void)expect(fixture, 2);
    (void)expect(fixture, 3);
    assert_int_equal(restarts(fixture), 1);
    feed_close(fixture);
}

/* An answer that came in time is in time, though the press was elsewhere for long. */
static void a_busy_press_is_not_held_against_a_photo(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.time_ms = 1000;
    feed_open(fixture);
    order_word(fixture, "good", 1);
    order_word(fixture, "good", 2);
    stub_nap(2000);
    (void)expect(fixture, 1);
    (void)expect(fixture, 2);
    feed_close(fixture);
}

static void large_photos_take_turns(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.decoders = 4;
    fixture->spec.ahead = 8;
    put_photo(fixture, "large.jpg", false, "large", 4);
    put_photo(fixture, "small.jpg", false, "good", 5);
    put_photo(fixture, "large.heic", true, "large", 6);
    feed_open(fixture);
    for (unsigned i = 0; i < 8; i++)
        order(fixture, i % 4 == 3 ? "small.jpg" : i % 4 == 2 ? "large.heic" : "large.jpg");
    for (unsigned i = 0; i < 8; i++)
        (void)expect(fixture, i % 4 == 3 ? 5 : i % 4 == 2 ? 6 : 4);
    assert_int_equal(restarts(fixture), 0);
    feed_close(fixture);

    fixture->spec.scratch_bytes = 8 << 20;
    feed_open(fixture);
    order(fixture, "large.jpg");
    expect_refused(fixture, SP_TOO_BIG, "its store does not fit");
    feed_close(fixture);
}

/* The limit on a decoder's memory is up for a large photo, and down again after it. */
static void memory_is_lent_to_large_photos(void **state)
{
    if (SP_CHILD_SANITIZED)
        skip();
    struct fixture *fixture = *state;
    fixture->spec.store_bytes = 64 << 20;
    feed_open(fixture);
    for (unsigned i = 0; i < 3; i++) {
        order_word(fixture, "memory", 60); /* has none at first, then that of a large one */
        (void)expect(fixture, 60);
        order_word(fixture, "memory", 8);
        (void)expect(fixture, 8);
        order_word(fixture, "poor", 50); /* cannot have that much */
        (void)expect(fixture, 50);
    }
    order_word(fixture, "memory", 100);
    expect_refused(fixture, SP_TOO_BIG, "there is no memory for it");
    feed_close(fixture);
}

static void addresses_go_to_the_fetcher(void **state)
{
    static const char *const hosts[] = {"photos.example:8080"};
    static const struct sp_url_rule rules[] = {{"^a(.*)$", "b$1"}};
    struct fixture *fixture = *state;
    char address[64];
    fixture->spec.allow_hosts = hosts;
    fixture->spec.allow_host_count = 1;
    fixture->spec.rules = rules;
    fixture->spec.rule_count = 1;
    fixture->spec.ahead = 12;
    fixture->spec.decoders = 2;
    feed_open(fixture);
    for (unsigned i = 0; i < 12; i++) {
        snprintf(address, sizeof address, "%s://host/good/%u", i % 2 ? "HTTPS" : "http", i);
        order(fixture, address);
    }
    for (unsigned i = 0; i < 12; i++)
        (void)expect(fixture, i);
    const struct sp_photo_feed_counts counts = sp_photo_feed_counts(fixture->feed);
    assert_int_equal(counts.transformed, 12);
    assert_int_equal(counts.fetched_bytes, 10 * (STUB_SKIP + 6) + 2 * (STUB_SKIP + 7));
    assert_int_equal(counts.restarts, 0);
    feed_close(fixture);
}

static void what_cannot_be_fetched_is_said(void **state)
{
    static const struct {
        const char *address;
        enum sp_status status;
        const char *words;
    } cases[] = {
        {"http://host/refuse/1", SP_IO, "HTTP 404 Not Found"},
        {"http://host/crash/1", SP_IO, "smallpress-fetch was ended by signal 11"},
        {"http://host/number/64", SP_IO, "an answer that makes no sense"},
        {"http://host/mute/1", SP_IO, "an answer that makes no sense"},
        {"http://host/huge/1", SP_IO, "an answer that makes no sense"},
        {"http://host/nothing/1", SP_BAD_DATA, "nothing came"},
    };
    struct fixture *fixture = *state;
    fixture->spec.fetches = 1;
    feed_open(fixture);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        order(fixture, cases[i].address);
        order(fixture, "http://host/good/9");
        expect_refused(fixture, cases[i].status, cases[i].words);
        (void)expect(fixture, 9);
    }
    feed_close(fixture);

    char path[128];
    assert_int_equal(unlink(folder_path(&fixture->folder, "smallpress-fetch", path, sizeof path)),
                     0);
    feed_open(fixture);
    order(fixture, "http://host/good/9");
    expect_refused(fixture, SP_IO, "the program smallpress-fetch is not in");
    feed_close(fixture);
}

static bool stop_third_time(void *context)
{
    unsigned *asked = context;
    return ++*asked >= 3;
}

static void a_wait_can_be_stopped(void **state)
{
    struct fixture *fixture = *state;
    unsigned asked = 0;
    fixture->spec.stopped = stop_third_time;
    fixture->spec.context = &asked;
    feed_open(fixture);
    order_word(fixture, "hang", 0);
    expect_refused(fixture, SP_STOPPED, "stopped");
    feed_close(fixture); /* with an order still open */
}

static void without_decoders_nothing_can_be_ordered(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    struct sp_err err = {0};
    feed_open(fixture);
    assert_int_equal(unlink(folder_path(&fixture->folder, "smallpress-photo", path, sizeof path)),
                     0);
    assert_int_equal(fixture->source.order(fixture->source.context, "a.jpg", &picture, &err),
                     SP_IO);
    assert_non_null(strstr(err.text, "the program smallpress-photo is not in"));
    feed_close(fixture);

    /* One that ends before it is ready, every time. */
    assert_int_equal(symlink("/bin/false", path), 0);
    feed_open(fixture);
    assert_int_equal(fixture->source.order(fixture->source.context, "a.jpg", &picture, &err),
                     SP_IO);
    assert_non_null(strstr(err.text, "smallpress-photo cannot be used: it ended with status 1"));
    feed_close(fixture);

    fixture->spec.folder = "/none";
    exact_arena_open(&fixture->arena, sp_photo_feed_need(&fixture->spec));
    assert_int_equal(sp_photo_feed_open(&fixture->feed, &fixture->arena, &fixture->spec, &err),
                     SP_IO);
    assert_non_null(strstr(err.text, "the folder of the photos, /none,"));
    sp_arena_close(&fixture->arena);
}

/* Without the program for HEIC, photos of other kinds are decoded all the same. */
static void a_missing_heif_program_costs_its_photos(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    assert_int_equal(unlink(folder_path(&fixture->folder, "smallpress-heif", path, sizeof path)),
                     0);
    put_photo(fixture, "a.heic", true, "good", 1);
    put_photo(fixture, "b.jpg", false, "good", 2);
    feed_open(fixture);
    for (unsigned i = 0; i < 3; i++) {
        order(fixture, "a.heic");
        order(fixture, "b.jpg");
        expect_refused(fixture, SP_IO, "the program smallpress-heif is not in");
        (void)expect(fixture, 2);
    }
    feed_close(fixture);
}

static void scratch_that_cannot_be_had_is_said(void **state)
{
    struct fixture *fixture = *state;
    feed_open(fixture);
    order_word(fixture, "good", 1);
    (void)expect(fixture, 1);
    put_photo(fixture, "one.jpg", false, "good", 1);
    sp_sys_fault_plan(SP_SYS_OPEN, 2, ENOSPC, false); /* the photo is the first */
    order(fixture, "one.jpg");
    sp_sys_fault_plan(SP_SYS_OPEN, 0, 0, false);
    expect_refused(fixture, SP_IO, "a scratch file cannot be made");
    order(fixture, "one.jpg");
    (void)expect(fixture, 1);
    feed_close(fixture);
}

static long resident_pages(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &size, &resident), 2);
    fclose(file);
    return resident;
}

static void many_photos_cost_no_more_than_few(void **state)
{
    struct fixture *fixture = *state;
    const unsigned count = SP_CHILD_SANITIZED ? 2000 : 10000;
    fixture->spec.decoders = 2;
    fixture->spec.ahead = 8;
    put_photo(fixture, "good.jpg", false, "good", 1);
    put_photo(fixture, "large.jpg", false, "large", 2);
    put_photo(fixture, "crash.jpg", false, "spoiled", 3);
    feed_open(fixture);
    long resident = 0;
    int descriptors = 0;
    unsigned ordered = 0;
    for (unsigned taken = 0; taken < count; taken++) {
        while (ordered < count && ordered < taken + fixture->spec.ahead) {
            order(fixture, ordered % 500 == 7   ? "large.jpg"
                           : ordered % 500 == 9 ? "crash.jpg"
                                                : "good.jpg");
            ordered++;
        }
        (void)expect(fixture, taken % 500 == 7 ? 2 : taken % 500 == 9 ? 3 : 1);
        if (taken == 900) {
            resident = resident_pages();
            descriptors = open_descriptors();
        }
    }
    assert_true(open_descriptors() <= descriptors);
    if (!SP_CHILD_SANITIZED)
        assert_true(resident_pages() <= resident + 32);
    feed_close(fixture);
}

static void memory_of_programs_is_in_the_plan(void **state)
{
    struct sp_photo_feed_spec spec;
    sp_photo_feed_spec_init(&spec);
    uint64_t bytes[3];
    for (spec.decoders = 1; spec.decoders <= 3; spec.decoders++)
        bytes[spec.decoders - 1] = sp_photo_feed_programs_bytes(&spec, false);
    assert_true(bytes[0] > sp_photo_work_bytes(&picture));
    assert_true(bytes[1] - bytes[0] > sp_photo_work_bytes(&picture));
    assert_int_equal(bytes[2] - bytes[1], bytes[1] - bytes[0]);
    spec.decoders = 1;
    assert_true(sp_photo_feed_programs_bytes(&spec, true) > bytes[0]);
    /* The store of a large photo is the caller's to add. */
    spec.store_bytes *= 2;
    assert_int_equal(sp_photo_feed_programs_bytes(&spec, false), bytes[0]);
    spec.edge_px *= 2;
    assert_true(sp_photo_feed_programs_bytes(&spec, false) > bytes[0]);
}

#define IN_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(int count, char **words)
{
    if (count > 0 && stub_is(words[0], "smallpress-photo"))
        return stub_decoder(false);
    if (count > 0 && stub_is(words[0], "smallpress-heif"))
        return stub_decoder(true);
    if (count > 0 && stub_is(words[0], "smallpress-fetch"))
        return stub_fetcher();
    const struct CMUnitTest tests[] = {
        IN_FIXTURE(photos_come_in_the_order_of_orders),
        IN_FIXTURE(a_taken_photo_stays_until_the_next),
        IN_FIXTURE(what_is_wrong_with_a_source_is_said),
        IN_FIXTURE(a_decoder_that_ends_costs_one_photo),
        IN_FIXTURE(a_spoiled_decoder_is_replaced),
        IN_FIXTURE(lies_are_not_believed),
        IN_FIXTURE(sentences_are_cleaned),
        IN_FIXTURE(one_that_hangs_is_ended_in_time),
        IN_FIXTURE(a_busy_press_is_not_held_against_a_photo),
        IN_FIXTURE(large_photos_take_turns),
        IN_FIXTURE(memory_is_lent_to_large_photos),
        IN_FIXTURE(addresses_go_to_the_fetcher),
        IN_FIXTURE(what_cannot_be_fetched_is_said),
        IN_FIXTURE(a_wait_can_be_stopped),
        IN_FIXTURE(without_decoders_nothing_can_be_ordered),
        IN_FIXTURE(a_missing_heif_program_costs_its_photos),
        IN_FIXTURE(scratch_that_cannot_be_had_is_said),
        IN_FIXTURE(many_photos_cost_no_more_than_few),
        IN_FIXTURE(memory_of_programs_is_in_the_plan),
    };
    return cmocka_run_group_tests_name("photo_feed", tests, NULL, NULL);
}
