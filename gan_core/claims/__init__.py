"""The advice, checked: every claim of the documents with the experiment that decides it.

    claim.py             what a claim is                                               (no torch)
    document_000.py …    the claims of each document, in words                         (no torch)
    experiments_000.py … their experiments: a few lines each over gan_core
    cited.py             which claims the pages that teach cite                        (no torch)
    ledger.py            all claims by id, and the code that decides one               (no torch)
    outcome.py           what an experiment returns; when an effect stands out of the spread
    trained_runs.py      trains for the experiments, with progress
    frechet.py           how far pictures are from the real ones: for claims that say better or worse
    first_pictures.py    what generators draw before their first step: for claims about that
    run_claim.py         runs one claim and compares it with the recorded verdict
    record.py            assets/claims.json: what was measured when the whole ledger was run
    command.py           python -m gan_core claims
    process_pool.py      runs claims for pages, in processes of its own (worker.py)    (no torch)
    link.py              what a link to the page claims opens                          (no torch)

To add a claim of document 001, say:

1. In `document_001.py`, which has `CLAIMS = (Claim(...), ...)`, in our own words, never the document's:

        Claim(
            id="001-08", study=(21,), place="Section 2, second cause", subject="activations",
            claim="A sigmoid output gives blank pictures where the data are in [-1,1].",
            verdict="holds", experiment="sigmoid_is_blank", speed="training", seconds=8,
            recipe="001-sigmoid",
        )

   `holds-if` also needs `condition`, `refuted` needs `instead`, `not-testable` needs `reason` and no experiment.
   What rests on somebody's documentation names it in `source`. `study` are the rows of the study that it covers.

2. In `experiments_001.py` a function of that name. A quick one (under a second) takes nothing:

        def horizontal_flip_changes_digits() -> Outcome:
            ...
            return Outcome(verdict(share > 0.5), {"share_changed": share})

   One that trains takes a Training and gives a list with a value for each seed. It decides by `greater`, `above` or
   `equal` of outcome.py, which say None where the effect does not stand out of the spread:

        def sigmoid_is_blank(training: Training) -> Outcome:
            contrast = [
                training.train(Experiment(output_activation="sigmoid", steps=100, seed=seed)).last["contrast"]
                for seed in training.seeds
            ]
            return Outcome(verdict(above(contrast, 0.1, below=True)), {"contrast": contrast})

   The page shows the function as it stands, with the imports and the top-level names of its file that it uses, so
   that it runs when it is copied.

3. In `ledger.py`, the module is one of `DOCUMENTS`.

4. Run it for the record: `python -m gan_core claims --run 001-08 --record`, or `--run 001` for the whole document.
   The tests in tests/claims check the words, run the quick ones, some of the others, and compare ledger and record.
"""
