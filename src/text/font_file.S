/* The bundled font as bytes of the program: mapped, so that only what is read takes memory. */
    .section .rodata
    .balign 16
    .globl sp_font_file
    .hidden sp_font_file
    .type sp_font_file, %object
sp_font_file:
    .incbin SP_FONT_FILE
    .globl sp_font_file_end
    .hidden sp_font_file_end
    .type sp_font_file_end, %object
sp_font_file_end:
    .size sp_font_file, sp_font_file_end - sp_font_file
#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
