; Speaks one utterance with festival's slt and writes its wave and its segments. Loaded by a script of teachers.py,
; which sets `outdir`. A row: end in seconds, phone, stress, next phone of the syllable, next syllable of the word,
; punctuation of the token; 0 where there is none.
(voice_cmu_us_slt_arctic_hts)
(define (speak id text)
  (let ((u (utt.synth (eval (list 'Utterance 'Text text))))
        (f (fopen (string-append outdir "/" id ".seg") "w")))
    (utt.save.wave u (string-append outdir "/" id ".wav") 'riff)
    (mapcar
     (lambda (s)
       (format f "%s %s %s %s %s %s\n"
               (item.feat s "end") (item.name s)
               (item.feat s "R:SylStructure.parent.stress")
               (item.feat s "R:SylStructure.n.name")
               (item.feat s "R:SylStructure.parent.R:SylStructure.n.name")
               (item.feat s "R:SylStructure.parent.parent.R:Token.parent.punc")))
     (utt.relation.items u 'Segment))
    (fclose f)))
