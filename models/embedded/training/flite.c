/* Speaks lines "id<TAB>text" with flite's rms and writes each one's wave and segments, in the format of festival.scm.
   Built and run by teachers.py: flite_rms OUTDIR < LINES */
#include <flite/flite.h>
#include <stdio.h>
#include <string.h>

cst_voice *register_cmu_us_rms(const char *);

static void write_segments(cst_utterance *utt, FILE *file) {
    for (cst_item *s = relation_head(utt_relation(utt, "Segment")); s; s = item_next(s)) {
        cst_item *phone = item_as(s, "SylStructure");
        cst_item *syllable = phone ? item_parent(phone) : NULL;
        fprintf(file, "%.4f %s %s %s %s %s\n", item_feat_float(s, "end"), item_name(s),
                ffeature_string(s, "R:SylStructure.parent.stress"), phone && item_next(phone) ? "x" : "0",
                syllable && item_next(syllable) ? "x" : "0",
                ffeature_string(s, "R:SylStructure.parent.parent.R:Token.parent.punc"));
    }
}

int main(int argc, char **argv) {
    static char line[8192];
    char path[1024];
    if (argc != 2) return 2;
    flite_init();
    cst_voice *voice = register_cmu_us_rms(NULL);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        char *text = strchr(line, '\t');
        if (!text) continue;
        *text++ = 0;
        cst_utterance *utt = flite_synth_text(text, voice);
        snprintf(path, sizeof path, "%s/%s.wav", argv[1], line);
        cst_wave_save_riff(utt_wave(utt), path);
        snprintf(path, sizeof path, "%s/%s.seg", argv[1], line);
        FILE *file = fopen(path, "w");
        if (!file) return 1;
        write_segments(utt, file);
        fclose(file);
        delete_utterance(utt);
    }
    return 0;
}
