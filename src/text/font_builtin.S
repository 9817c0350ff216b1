/* The other bundled fonts, as font_file.S has the first: mapped, and read only where used. */
    .macro font name, file
    .section .rodata
    .balign 16
    .globl \name
    .hidden \name
    .type \name, %object
\name:
    .incbin "\file"
    .globl \name\()_end
    .hidden \name\()_end
    .type \name\()_end, %object
\name\()_end:
    .size \name, \name\()_end - \name
    .endm

    font sp_font_dejavu_bold, SP_FONT_FILE_DEJAVU_BOLD
    font sp_font_noto, SP_FONT_FILE_NOTO
    font sp_font_noto_bold, SP_FONT_FILE_NOTO_BOLD
#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
