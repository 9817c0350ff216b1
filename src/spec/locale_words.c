#include "spec/theme.h"

#include "base/num.h"

#include <string.h>
#include <strings.h>

/* The words of a language, in the order of SP_WORD_TABLE. */
struct language {
    const char *tag; /* the language, and the script if it has two sets of words */
    const char *words[SP_WORD_COUNT];
};

/* clang-format off */
static const struct language languages[] = {
    {"en",
     {"Page {n} of {total}", "OK", "Fail", "n.a.", "Photos", "Photo", "Taken",
      "Signatures", "Number", "Date", "Checklist", "Status", "Note", "Summary",
      "Photos not shown", "No photo", "Reason", "Source", "Yes", "No"}},
    {"de",
     {"Seite {n} von {total}", "In Ordnung", "Mangel", "entfällt", "Fotos", "Foto",
      "Aufgenommen", "Unterschriften", "Nummer", "Datum", "Prüfliste", "Status",
      "Bemerkung", "Übersicht", "Nicht gezeigte Fotos", "Kein Foto", "Grund", "Quelle",
      "Ja", "Nein"}},
    {"fr",
     {"Page {n} sur {total}", "Conforme", "Non conforme", "s.o.", "Photos", "Photo",
      "Prise le", "Signatures", "Numéro", "Date", "Liste de contrôle", "Statut",
      "Remarque", "Résumé", "Photos non affichées", "Pas de photo", "Motif", "Source",
      "Oui", "Non"}},
    {"es",
     {"Página {n} de {total}", "Conforme", "No conforme", "n. a.", "Fotos", "Foto",
      "Tomada", "Firmas", "Número", "Fecha", "Lista de control", "Estado",
      "Observación", "Resumen", "Fotos no mostradas", "Sin foto", "Motivo", "Origen",
      "Sí", "No"}},
    {"it",
     {"Pagina {n} di {total}", "Conforme", "Non conforme", "n. a.", "Foto", "Foto",
      "Scattata", "Firme", "Numero", "Data", "Lista di controllo", "Stato", "Nota",
      "Riepilogo", "Foto non mostrate", "Nessuna foto", "Motivo", "Origine", "Sì", "No"}},
    {"pt",
     {"Página {n} de {total}", "Conforme", "Não conforme", "n. a.", "Fotos", "Foto",
      "Tirada em", "Assinaturas", "Número", "Data", "Lista de verificação", "Estado",
      "Observação", "Resumo", "Fotos não mostradas", "Sem foto", "Motivo", "Origem",
      "Sim", "Não"}},
    {"nl",
     {"Pagina {n} van {total}", "In orde", "Niet in orde", "n.v.t.", "Foto’s", "Foto",
      "Genomen", "Handtekeningen", "Nummer", "Datum", "Controlelijst", "Status",
      "Opmerking", "Samenvatting", "Niet getoonde foto’s", "Geen foto", "Reden", "Bron",
      "Ja", "Nee"}},
    {"pl",
     {"Strona {n} z {total}", "Zgodne", "Niezgodne", "nie dot.", "Zdjęcia", "Zdjęcie",
      "Wykonano", "Podpisy", "Numer", "Data", "Lista kontrolna", "Stan", "Uwaga",
      "Podsumowanie", "Zdjęcia niepokazane", "Brak zdjęcia", "Powód", "Źródło", "Tak",
      "Nie"}},
    {"tr",
     {"Sayfa {n} / {total}", "Uygun", "Uygun değil", "uygulanamaz", "Fotoğraflar",
      "Fotoğraf", "Çekim", "İmzalar", "Numara", "Tarih", "Kontrol listesi", "Durum",
      "Not", "Özet", "Gösterilemeyen fotoğraflar", "Fotoğraf yok", "Neden", "Kaynak",
      "Evet", "Hayır"}},
    {"ru",
     {"Страница {n} из {total}", "В норме", "Не в норме", "не прим.", "Фотографии",
      "Фото", "Снято", "Подписи", "Номер", "Дата", "Контрольный список", "Статус",
      "Примечание", "Сводка", "Непоказанные фотографии", "Нет фото", "Причина",
      "Источник", "Да", "Нет"}},
    {"ar",
     {"صفحة {n} من {total}", "مطابق", "غير مطابق", "لا ينطبق", "الصور", "صورة",
      "تاريخ الالتقاط", "التوقيعات", "الرقم", "التاريخ", "قائمة التحقق", "الحالة",
      "ملاحظة", "الملخص", "صور لم تُعرض", "لا توجد صورة", "السبب", "المصدر", "نعم", "لا"}},
    {"he",
     {"עמוד {n} מתוך {total}", "תקין", "לא תקין", "לא רלוונטי", "תמונות", "תמונה",
      "צולם", "חתימות", "מספר", "תאריך", "רשימת בדיקה", "מצב", "הערה", "סיכום",
      "תמונות שלא הוצגו", "אין תמונה", "סיבה", "מקור", "כן", "לא"}},
    {"fa",
     {"صفحهٔ {n} از {total}", "تأیید", "رد", "نامربوط", "عکس‌ها", "عکس", "زمان عکس",
      "امضاها", "شماره", "تاریخ", "فهرست وارسی", "وضعیت", "یادداشت", "خلاصه",
      "عکس‌های نمایش‌داده‌نشده", "بدون عکس", "دلیل", "منبع", "بله", "خیر"}},
    {"zh",
     {"第 {n} 页，共 {total} 页", "合格", "不合格", "不适用", "照片", "照片", "拍摄时间", "签名", "编号", "日期",
      "检查清单", "状态", "备注", "摘要", "未显示的照片", "无照片", "原因", "来源", "是", "否"}},
    {"zh-Hant",
     {"第 {n} 頁，共 {total} 頁", "合格", "不合格", "不適用", "照片", "照片", "拍攝時間", "簽名", "編號", "日期",
      "檢查清單", "狀態", "備註", "摘要", "未顯示的照片", "無照片", "原因", "來源", "是", "否"}},
    {"ja",
     {"{n} / {total} ページ", "適合", "不適合", "該当なし", "写真", "写真", "撮影日時", "署名", "番号", "日付",
      "チェックリスト", "判定", "備考", "概要", "表示できなかった写真", "写真なし", "理由", "出典", "はい", "いいえ"}},
    {"ko",
     {"{n} / {total}쪽", "적합", "부적합", "해당 없음", "사진", "사진", "촬영 일시", "서명", "번호", "날짜",
      "점검 목록", "상태", "비고", "요약", "표시되지 않은 사진", "사진 없음", "사유", "출처", "예", "아니요"}},
};
/* clang-format on */

/* Languages that are written from right to left, unless the tag names a script that is not. */
static const char *const rtl_languages[] = {"ar", "arc", "ckb", "dv",  "fa",  "he",
                                            "iw", "ks",  "lrc", "mzn", "nqo", "ps",
                                            "sd", "syr", "ug",  "ur",  "yi"};
static const char *const rtl_scripts[] = {"Adlm", "Arab", "Hebr", "Mand", "Nkoo",
                                          "Rohg", "Samr", "Syrc", "Thaa"};

/* The subtag of four letters that names the script, copied to `out`; false if there is none. */
static bool find_script(const char *locale, char out[5])
{
    for (const char *at = strchr(locale, '-'); at; at = strchr(at + 1, '-')) {
        const size_t length = strcspn(at + 1, "-");
        if (length == 1)
            return false; /* extensions and private use follow */
        if (length == 4 && !(at[1] >= '0' && at[1] <= '9')) {
            memcpy(out, at + 1, 4);
            out[4] = '\0';
            return true;
        }
    }
    return false;
}

static bool is_language(const char *locale, const char *tag)
{
    const size_t length = strcspn(locale, "-");
    return strlen(tag) == length && strncasecmp(locale, tag, length) == 0;
}

/* Chinese in traditional characters, by its script or by where it is written so. */
static bool is_hant(const char *locale)
{
    char script[5];
    if (find_script(locale, script))
        return strcasecmp(script, "Hant") == 0;
    static const char *const regions[] = {"TW", "HK", "MO"};
    const char *region = strchr(locale, '-');
    for (size_t i = 0; region && i < SP_COUNT(regions); i++) {
        if (strcasecmp(region + 1, regions[i]) == 0)
            return true;
    }
    return false;
}

const char *const *sp_theme_words(const char *locale)
{
    const bool chinese = is_language(locale, "zh");
    for (size_t i = 0; i < SP_COUNT(languages); i++) {
        const char *tag = languages[i].tag;
        if (chinese
                ? strcmp(tag, is_hant(locale) ? "zh-Hant" : "zh") == 0
                : is_language(locale, tag) || (strcmp(tag, "he") == 0 && is_language(locale, "iw")))
            return languages[i].words;
    }
    return languages[0].words;
}

bool sp_locale_is_rtl(const char *locale)
{
    char script[5];
    const bool scripted = find_script(locale, script);
    for (size_t i = 0; scripted && i < SP_COUNT(rtl_scripts); i++) {
        if (strcasecmp(script, rtl_scripts[i]) == 0)
            return true;
    }
    for (size_t i = 0; !scripted && i < SP_COUNT(rtl_languages); i++) {
        if (is_language(locale, rtl_languages[i]))
            return true;
    }
    return false;
}
