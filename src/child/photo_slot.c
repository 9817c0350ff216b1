#include "child/photo_slot.h"

#include "base/check.h"
#include "base/scratch.h"
#include "base/sys.h"

static void close_file(int *fd)
{
    if (*fd >= 0)
        (void)sp_sys_close(*fd);
    *fd = -1;
}

void sp_photo_slot_fail(struct sp_photo_slot *slot)
{
    SP_ASSERT(slot->err.status != SP_OK);
    close_file(&slot->in);
    close_file(&slot->out);
    slot->photo = (struct sp_photo){0};
    slot->state = SP_PHOTO_SLOT_DONE;
}

void sp_photo_slot_to_decode(struct sp_photo_slot *slot)
{
    slot->program = sp_decoder_program_of(slot->in);
    slot->large = slot->program == SP_DECODER_HEIF;
    slot->state = SP_PHOTO_SLOT_FILE;
}

void sp_photo_slot_clear(struct sp_photo_slot *slot)
{
    close_file(&slot->in);
    close_file(&slot->out);
    slot->state = SP_PHOTO_SLOT_FREE;
}

bool sp_photo_slot_file(struct sp_photo_slot *slot, int *fd, const char *scratch_folder)
{
    struct sp_scratch scratch;
    close_file(fd);
    if (sp_scratch_open(&scratch, scratch_folder, &slot->err) != SP_OK) {
        sp_photo_slot_fail(slot);
        return false;
    }
    *fd = scratch.fd;
    return true;
}
