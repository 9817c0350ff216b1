/*
 * A final name is always a whole file: until the commit the target is what it was, afterwards it is
 * what was written, and after any failure there is no trace but the sentence that says why.
 */
#include "support/unit.h"

#include <smallpress/file.h>

#include "base/sys.h"
#include "support/folder.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* Writes move so many bytes at most, so that a write of ten bytes has three calls to fail in. */
#define SHORT_BYTES "4"

#define OLD         "what it was"
#define NEW         "0123456789"

struct place {
    struct folder folder;
    char target[512];
};

static void place_open(struct place *place, const char *old)
{
    folder_open(&place->folder);
    folder_path(&place->folder, "codes.pdf", place->target, sizeof place->target);
    if (old)
        file_put(place->target, old, strlen(old));
}

static void place_close(struct place *place)
{
    assert_int_equal(sp_sys_open_count(), 0);
    folder_remove(&place->folder);
}

/* The target alone, with this in it; or nothing at all when that is null. */
static void assert_only(const struct place *place, const char *content)
{
    assert_int_equal(folder_names(&place->folder, NULL), content ? 1 : 0);
    if (content)
        assert_true(file_holds(place->target, content, strlen(content)));
}

static enum sp_status make(const char *path, enum sp_file_mode mode, struct sp_err *err)
{
    struct sp_file file;
    enum sp_status status = sp_file_create(&file, path, mode, err);
    if (status == SP_OK)
        status = sp_file_write(&file, NEW, strlen(NEW), err);
    if (status == SP_OK)
        status = sp_file_commit(&file, err);
    sp_file_discard(&file);
    return status;
}

static void bytes_wait_beside_the_target(void **state)
{
    struct place place;
    struct sp_file file;
    char name[256] = "";
    place_open(&place, NULL);
    assert_int_equal(sp_file_create(&file, place.target, SP_FILE_NEW, NULL), SP_OK);
    assert_int_equal(folder_names(&place.folder, name), 1);
    assert_int_equal(strlen(name), strlen(".codes.pdf.12345678.partial"));
    assert_memory_equal(name, ".codes.pdf.", 11);
    assert_int_equal(strspn(name + 11, "0123456789abcdef"), 8);
    assert_string_equal(name + 19, ".partial");
    assert_int_equal(sp_file_write(&file, NEW, strlen(NEW), NULL), SP_OK);
    assert_int_equal(access(place.target, F_OK), -1);
    assert_int_equal(sp_file_commit(&file, NULL), SP_OK);
    assert_only(&place, NEW);
    sp_file_discard(&file); /* does nothing now */
    assert_only(&place, NEW);
    place_close(&place);
}

static void a_discarded_file_leaves_nothing(void **state)
{
    struct place place;
    struct sp_file file;
    place_open(&place, NULL);
    assert_int_equal(sp_file_create(&file, place.target, SP_FILE_NEW, NULL), SP_OK);
    assert_int_equal(sp_file_write(&file, NEW, strlen(NEW), NULL), SP_OK);
    sp_file_discard(&file);
    assert_only(&place, NULL);
    sp_file_discard(&file);
    place_close(&place);
}

static void an_existing_file_is_left_alone(void **state)
{
    struct place place;
    struct sp_err err = {0};
    place_open(&place, OLD);
    assert_int_equal(make(place.target, SP_FILE_NEW, &err), SP_IO);
    assert_non_null(strstr(err.text, "codes.pdf exists"));
    assert_non_null(strstr(err.text, "--force"));
    assert_only(&place, OLD);
    place_close(&place);
}

static void replacing_waits_for_the_commit(void **state)
{
    struct place place;
    struct sp_file file;
    place_open(&place, OLD);
    assert_int_equal(sp_file_create(&file, place.target, SP_FILE_REPLACE, NULL), SP_OK);
    assert_int_equal(sp_file_write(&file, NEW, strlen(NEW), NULL), SP_OK);
    assert_true(file_holds(place.target, OLD, strlen(OLD)));
    assert_int_equal(sp_file_commit(&file, NULL), SP_OK);
    assert_only(&place, NEW);

    assert_int_equal(sp_file_create(&file, place.target, SP_FILE_REPLACE, NULL), SP_OK);
    assert_int_equal(sp_file_write(&file, "newer", 5, NULL), SP_OK);
    sp_file_discard(&file);
    assert_only(&place, NEW);
    place_close(&place);
}

/* Between the look and the commit somebody else makes a file of that name: theirs stays. */
static void a_file_of_somebody_else_is_left_alone(void **state)
{
    struct place place;
    struct sp_file file;
    struct sp_err err = {0};
    place_open(&place, NULL);
    assert_int_equal(sp_file_create(&file, place.target, SP_FILE_NEW, NULL), SP_OK);
    assert_int_equal(sp_file_write(&file, NEW, strlen(NEW), NULL), SP_OK);
    file_put(place.target, OLD, strlen(OLD));
    assert_int_equal(sp_file_commit(&file, &err), SP_IO);
    assert_non_null(strstr(err.text, "made by somebody else"));
    assert_only(&place, OLD);
    place_close(&place);
}

/* The same when the renaming itself reports it. */
static void a_refused_renaming_is_told(void **state)
{
    static const int errors[] = {EEXIST, EACCES, EIO};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct place place;
        struct sp_err err = {0};
        place_open(&place, OLD);
        sp_sys_fault_plan(SP_SYS_RENAME, 1, errors[i], false);
        assert_int_equal(make(place.target, SP_FILE_REPLACE, &err), SP_IO);
        sp_sys_fault_plan(SP_SYS_RENAME, 0, 0, false);
        assert_int_equal(err.status, SP_IO);
        assert_int_equal(err.os_error, errors[i] == EEXIST ? 0 : errors[i]);
        assert_non_null(strstr(err.text, errors[i] == EEXIST ? "somebody else" : "made final"));
        assert_only(&place, OLD);
        place_close(&place);
    }
}

/* Every write, sync and open of the way, one after another. */
static void every_failure_leaves_the_target_alone(void **state)
{
    static const struct {
        enum sp_sys_call call;
        uint64_t nth;
        int os_error;
    } faults[] = {
        {SP_SYS_OPEN, 1, EACCES},  {SP_SYS_OPEN, 2, ENOSPC},  {SP_SYS_WRITE, 1, ENOSPC},
        {SP_SYS_WRITE, 2, ENOSPC}, {SP_SYS_WRITE, 3, EDQUOT}, {SP_SYS_FSYNC, 1, EIO},
    };
    for (int replace = 0; replace < 2; replace++) {
        const char *old = replace ? OLD : NULL;
        for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
            struct place place;
            struct sp_err err = {0};
            place_open(&place, old);
            sp_sys_fault_plan(faults[i].call, faults[i].nth, faults[i].os_error, false);
            assert_int_equal(make(place.target, replace ? SP_FILE_REPLACE : SP_FILE_NEW, &err),
                             SP_IO);
            sp_sys_fault_plan(faults[i].call, 0, 0, false);
            assert_int_equal(err.os_error, faults[i].os_error);
            assert_non_null(strstr(err.text, place.target));
            assert_only(&place, old);
            place_close(&place);
        }
    }
}

/* The second sync is the folder's. The file has its name by then and is whole. */
static void the_folder_is_synced(void **state)
{
    struct place place;
    struct sp_err err = {0};
    place_open(&place, NULL);
    sp_sys_fault_plan(SP_SYS_FSYNC, 0, 0, false);
    assert_int_equal(make(place.target, SP_FILE_NEW, &err), SP_OK);
    assert_int_equal(sp_sys_fault_count(SP_SYS_FSYNC), 2);
    assert_int_equal(sp_sys_fault_count(SP_SYS_RENAME), 1);

    sp_sys_fault_plan(SP_SYS_FSYNC, 2, EIO, false);
    assert_int_equal(make(place.target, SP_FILE_REPLACE, &err), SP_IO);
    sp_sys_fault_plan(SP_SYS_FSYNC, 0, 0, false);
    assert_int_equal(err.os_error, EIO);
    assert_non_null(strstr(err.text, "the folder of"));
    assert_only(&place, NEW);
    place_close(&place);
}

/* A temporary of the same name is there already: another name is tried. */
static void a_taken_name_is_not_used(void **state)
{
    struct place place;
    struct sp_err err = {0};
    place_open(&place, NULL);
    sp_sys_fault_plan(SP_SYS_OPEN, 2, EEXIST, false);
    assert_int_equal(make(place.target, SP_FILE_NEW, &err), SP_OK);
    assert_int_equal(sp_sys_fault_count(SP_SYS_OPEN), 3);
    assert_only(&place, NEW);
    sp_sys_fault_plan(SP_SYS_OPEN, 2, EEXIST, true);
    assert_int_equal(make(place.target, SP_FILE_REPLACE, &err), SP_IO);
    sp_sys_fault_plan(SP_SYS_OPEN, 0, 0, false);
    assert_int_equal(err.os_error, EEXIST);
    assert_only(&place, NEW);
    place_close(&place);
}

static void a_folder_is_no_target(void **state)
{
    struct place place;
    struct sp_err err = {0};
    char path[600];
    place_open(&place, NULL);
    assert_int_equal(make(place.folder.path, SP_FILE_REPLACE, &err), SP_IO);
    assert_non_null(strstr(err.text, "is a folder"));
    snprintf(path, sizeof path, "%s/", place.folder.path);
    assert_int_equal(make(path, SP_FILE_NEW, &err), SP_IO);
    assert_non_null(strstr(err.text, "is a folder"));
    snprintf(path, sizeof path, "%s/missing/", place.folder.path);
    assert_int_equal(make(path, SP_FILE_NEW, &err), SP_IO);
    snprintf(path, sizeof path, "%s/missing/codes.pdf", place.folder.path);
    assert_int_equal(make(path, SP_FILE_NEW, &err), SP_IO);
    assert_int_equal(err.os_error, ENOENT);
    assert_non_null(strstr(err.text, "the folder of"));
    assert_only(&place, NULL);
    place_close(&place);
}

/* The longest name that leaves room for the temporary's, and those beyond. */
static void a_name_can_be_too_long(void **state)
{
    const size_t longest = NAME_MAX - sizeof "..12345678.partial";
    struct place place;
    struct sp_err err = {0};
    char name[2 * NAME_MAX], path[3 * NAME_MAX];
    place_open(&place, NULL);
    for (size_t length = longest - 1; length <= longest + 40; length++) {
        memset(name, 'n', length);
        name[length] = '\0';
        folder_path(&place.folder, name, path, sizeof path);
        if (length <= longest) {
            assert_int_equal(make(path, SP_FILE_NEW, &err), SP_OK);
            assert_true(file_holds(path, NEW, strlen(NEW)));
            assert_int_equal(remove(path), 0);
            continue;
        }
        assert_int_equal(make(path, SP_FILE_NEW, &err), SP_IO);
        assert_non_null(strstr(err.text, "too long"));
    }
    static char deep[PATH_MAX + 100];
    memset(deep, '/', sizeof deep - 2);
    deep[sizeof deep - 2] = 'x';
    assert_int_equal(make(deep, SP_FILE_NEW, &err), SP_IO);
    assert_non_null(strstr(err.text, "too long"));
    assert_only(&place, NULL);
    place_close(&place);
}

static void a_name_alone_is_in_the_working_folder(void **state)
{
    struct place place;
    place_open(&place, NULL);
    const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(here >= 0);
    assert_int_equal(chdir(place.folder.path), 0);
    assert_int_equal(make("codes.pdf", SP_FILE_NEW, NULL), SP_OK);
    assert_int_equal(fchdir(here), 0);
    close(here);
    assert_only(&place, NEW);
    place_close(&place);
}

/* A pipe has a name of its own to keep: it is written where it stands. */
static void special_files_are_written_in_place(void **state)
{
    struct place place;
    struct sp_file file;
    struct sp_err err = {0};
    char found[32];
    assert_int_equal(make("/dev/null", SP_FILE_NEW, NULL), SP_OK);
    place_open(&place, NULL);
    assert_int_equal(mkfifo(place.target, 0600), 0);
    const int reader = open(place.target, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(reader >= 0);
    assert_int_equal(make(place.target, SP_FILE_NEW, NULL), SP_OK);
    assert_int_equal(read(reader, found, sizeof found), strlen(NEW));
    assert_memory_equal(found, NEW, strlen(NEW));
    assert_int_equal(folder_names(&place.folder, NULL), 1);

    assert_int_equal(sp_file_create(&file, place.target, SP_FILE_NEW, NULL), SP_OK);
    close(reader);
    assert_int_equal(sp_file_write(&file, NEW, strlen(NEW), &err), SP_IO);
    assert_int_equal(err.os_error, EPIPE);
    assert_non_null(strstr(err.text, "closed by its reader"));
    sp_file_discard(&file);
    assert_int_equal(folder_names(&place.folder, NULL), 1);
    place_close(&place);
}

/* Standard output is a pipe for the length of the test, and is still open after the commit. */
static void a_dash_is_standard_output(void **state)
{
    int ends[2];
    char found[32];
    fflush(stdout);
    assert_int_equal(pipe(ends), 0);
    const int kept = dup(STDOUT_FILENO);
    assert_int_equal(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    const enum sp_status status = make("-", SP_FILE_NEW, NULL);
    const bool open_still = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    assert_int_equal(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
    close(kept);
    close(ends[1]);
    assert_int_equal(status, SP_OK);
    assert_true(open_still);
    assert_int_equal(read(ends[0], found, sizeof found), strlen(NEW));
    assert_memory_equal(found, NEW, strlen(NEW));
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_wait_beside_the_target),
        cmocka_unit_test(a_discarded_file_leaves_nothing),
        cmocka_unit_test(an_existing_file_is_left_alone),
        cmocka_unit_test(replacing_waits_for_the_commit),
        cmocka_unit_test(a_file_of_somebody_else_is_left_alone),
        cmocka_unit_test(a_refused_renaming_is_told),
        cmocka_unit_test(every_failure_leaves_the_target_alone),
        cmocka_unit_test(the_folder_is_synced),
        cmocka_unit_test(a_taken_name_is_not_used),
        cmocka_unit_test(a_folder_is_no_target),
        cmocka_unit_test(a_name_can_be_too_long),
        cmocka_unit_test(a_name_alone_is_in_the_working_folder),
        cmocka_unit_test(special_files_are_written_in_place),
        cmocka_unit_test(a_dash_is_standard_output),
    };
    if (setenv("SMALLPRESS_SHORT", SHORT_BYTES, 1) != 0)
        return 1;
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
